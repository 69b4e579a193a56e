// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/File.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
struct Descriptor
{
    int number;
    ~Descriptor() { ::close (number); }
};

std::span<const std::byte> mapWhole (const std::filesystem::path& path)
{
    const auto refuse = [&path] (ErrorCode code, const std::string& what) {
        fail (code, what, path.string());
    };
    const Descriptor file { ::open (path.c_str(), O_RDONLY | O_CLOEXEC) };
    if (file.number < 0)
        refuse (errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                std::string ("cannot be opened: ") + std::strerror (errno) +
                    ". Check the path and its permissions.");
    struct stat status = {};
    if (::fstat (file.number, &status) != 0 || ! S_ISREG (status.st_mode))
        refuse (ErrorCode::InvalidInput, "is not a regular file, so it cannot be mapped.");
    if (status.st_size == 0)
        refuse (ErrorCode::InvalidInput, "is empty. Fetch it again.");
    const auto size = static_cast<std::size_t> (status.st_size);
    void* const address = ::mmap (nullptr, size, PROT_READ, MAP_PRIVATE, file.number, 0);
    if (address == MAP_FAILED)
        refuse (ErrorCode::Io, std::string ("cannot be mapped into memory: ") + std::strerror (errno) + ".");
    return { static_cast<const std::byte*> (address), size };
}

void unmap (std::span<const std::byte> mapped)
{
    ::munmap (const_cast<std::byte*> (mapped.data()), mapped.size());
}
} // namespace

SafetensorsFile::SafetensorsFile (const std::filesystem::path& path)
    : filePath (path)
    , mapped (mapWhole (path))
{
    try
    {
        header = SafetensorsHeader::parse (mapped, path.string());
    }
    catch (...)
    {
        unmap (mapped);
        throw;
    }
}

SafetensorsFile::~SafetensorsFile()
{
    unmap (mapped);
}

std::span<const std::byte> SafetensorsFile::data (const SafetensorsEntry& entry) const
{
    return mapped.subspan (header.dataStart + entry.begin, entry.end - entry.begin);
}
} // namespace tableread::engine
