// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace tableread::test
{
/** A file in memory, for what is read by path: much faster than one on a disk. */
class MemoryFile
{
public:
    explicit MemoryFile (std::string_view bytes) : descriptor (::memfd_create ("test", MFD_CLOEXEC))
    {
        if (descriptor < 0 || ::write (descriptor, bytes.data(), bytes.size()) != (ssize_t) bytes.size())
            throw std::runtime_error ("no room in memory");
    }
    ~MemoryFile() { ::close (descriptor); }
    MemoryFile (const MemoryFile&) = delete;
    MemoryFile& operator= (const MemoryFile&) = delete;

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string (descriptor); }

private:
    int descriptor;
};
} // namespace tableread::test
