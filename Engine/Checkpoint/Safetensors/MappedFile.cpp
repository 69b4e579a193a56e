// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/MappedFile.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Checkpoint/Safetensors/Links.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr auto noAddress = UINTPTR_MAX;

/** A mapping as the handler sees it, which may neither lock nor allocate. */
struct Slot
{
    std::atomic<std::uintptr_t> begin { noAddress }, end { 0 };
    std::atomic<bool> lost { false };
};
static_assert (std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

constexpr std::size_t slotCount = 4096; // a checkpoint has at most 1024 shards
std::array<Slot, slotCount> slots;
std::uintptr_t pageBytes = 0;
struct sigaction before;

/** Puts zeros where a mapped file has ended. On any thread, in the middle of any instruction that reads. */
void onBusError (int, siginfo_t* info, void*)
{
    const int error = errno;
    const auto address = reinterpret_cast<std::uintptr_t> (info->si_addr);
    const bool isAccess = info->si_code > 0; // and was not sent by a program
    for (auto& slot : slots)
    {
        const auto begin = slot.begin.load (std::memory_order_acquire);
        const auto end = slot.end.load (std::memory_order_acquire);
        if (! isAccess || address < begin || address >= end)
            continue;
        const auto page = address / pageBytes * pageBytes;
        void* const zeros =
            ::mmap (static_cast<char*> (info->si_addr) - (address - page), end - page, PROT_READ,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
        if (zeros == MAP_FAILED)
            break;
        slot.lost.store (true, std::memory_order_release);
        errno = error;
        return;
    }
    ::sigaction (SIGBUS, &before,
                 nullptr); // the access is repeated, and has the effect that it had without us
    if (! isAccess)
        ::raise (SIGBUS);
    errno = error;
}

void installHandler()
{
    pageBytes = static_cast<std::uintptr_t> (::sysconf (_SC_PAGESIZE));
    struct sigaction action = {};
    action.sa_sigaction = onBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset (&action.sa_mask);
    ::sigaction (SIGBUS, &action, &before);
}

/** The files that are mapped now. */
struct Registry
{
    std::mutex mutex;
    std::vector<const MappedFile*> files;
    std::once_flag handler;
};

Registry& registry()
{
    static auto& all = *new Registry; // never destroyed: a file may be unmapped after the end of main()
    return all;
}

/** The slot that now holds the mapping. Under the registry's mutex. */
std::size_t takeSlot (std::span<const std::byte> mapped, const std::string& where)
{
    const auto begin = reinterpret_cast<std::uintptr_t> (mapped.data());
    for (std::size_t i = 0; i < slots.size(); ++i)
    {
        if (slots[i].begin.load (std::memory_order_relaxed) != noAddress)
            continue;
        slots[i].lost.store (false, std::memory_order_relaxed);
        slots[i].end.store ((begin + mapped.size() + pageBytes - 1) / pageBytes * pageBytes,
                            std::memory_order_release);
        slots[i].begin.store (begin, std::memory_order_release);
        return i;
    }
    fail (ErrorCode::Io,
          "cannot be mapped: this process has " + std::to_string (slotCount) +
              " files mapped already. Start it again.",
          where);
}

int openFile (const std::filesystem::path& path)
{
    const int file = ::open (path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0)
        return file;
    const int reason = errno;
    refuseDangling (path);
    fail (codeOfSystemError (reason),
          std::string ("cannot be opened: ") + std::strerror (reason) +
              ". Check the path and its permissions.",
          path.string());
}

std::span<const std::byte> mapWhole (int file, const std::string& where)
{
    struct stat status = {};
    if (::fstat (file, &status) != 0 || ! S_ISREG (status.st_mode))
        fail (ErrorCode::InvalidInput, "is not a regular file, so it cannot be mapped.", where);
    if (status.st_size == 0)
        fail (ErrorCode::InvalidInput, "is empty. Fetch it again.", where);
    const auto size = static_cast<std::size_t> (status.st_size);
    void* const address = ::mmap (nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (address == MAP_FAILED)
    {
        const int reason = errno;
        fail (codeOfSystemError (reason),
              std::string ("cannot be mapped into memory: ") + std::strerror (reason) + ".", where);
    }
    return { static_cast<const std::byte*> (address), size };
}

void unmap (std::span<const std::byte> mapped)
{
    ::munmap (const_cast<std::byte*> (mapped.data()), mapped.size());
}
} // namespace

MappedFile::MappedFile (const std::filesystem::path& path) : filePath (path), descriptor (openFile (path))
{
    auto& all = registry();
    std::call_once (all.handler, installHandler);
    try
    {
        mapped = mapWhole (descriptor, path.string());
        const std::lock_guard lock (all.mutex);
        all.files.push_back (this);
        slot = takeSlot (mapped, path.string());
    }
    catch (...)
    {
        const std::lock_guard lock (all.mutex);
        std::erase (all.files, this);
        if (! mapped.empty())
            unmap (mapped);
        ::close (descriptor);
        throw;
    }
}

MappedFile::~MappedFile()
{
    auto& all = registry();
    const std::lock_guard lock (all.mutex);
    std::erase (all.files, this);
    slots[slot].begin.store (noAddress, std::memory_order_release);
    unmap (mapped);
    ::close (descriptor);
}

void MappedFile::check() const
{
    struct stat status = {};
    const bool isKnown = ::fstat (descriptor, &status) == 0;
    const auto left = isKnown ? static_cast<std::size_t> (status.st_size) : 0;
    if (isKnown && left < mapped.size()) // also if only a part of a page is gone, which is no SIGBUS
        fail (ErrorCode::Io,
              "had " + std::to_string (mapped.size()) + " bytes when it was opened, and has " +
                  std::to_string (left) +
                  " now: another program shortened it while it was in use. Fetch it again, then start again.",
              filePath.string());
    if (! isKnown || slots[slot].lost.load (std::memory_order_acquire))
        fail (ErrorCode::Io,
              "could not be read while it was in use: its drive failed or is gone, or the file was shorter "
              "for a "
              "while. Check it, then start again.",
              filePath.string());
}

void checkMappedFiles()
{
    auto& all = registry();
    const std::lock_guard lock (all.mutex);
    for (const auto* file : all.files)
        file->check();
}
} // namespace tableread::engine
