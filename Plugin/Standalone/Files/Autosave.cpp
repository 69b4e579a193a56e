// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/Autosave.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <span>
#include <utility>

#include <sys/stat.h>

#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"
#include "Core/Disk/PendingFile.h"

namespace tableread::plugin
{
namespace
{
constexpr int sparing = 9; // times as long as writing took, nothing is written

Error failed (const std::filesystem::path& folder, int number)
{
    return { codeOfSystemError (number),
             std::string ("what is not saved cannot be kept here: ") + std::strerror (number) +
                 ". Save the project often.",
             folder.string() };
}
} // namespace

Autosave::Autosave (Options chosen)
    : options (std::move (chosen))
    , path (options.folder / (randomHash() + autosaveExtension))
    , lastWrite (0)
    , thread ([this] { work(); })
{}

Autosave::~Autosave()
{
    {
        const std::lock_guard guard (mutex);
        ends = true;
    }
    wake.notify_one();
    thread.join();
}

void Autosave::set (Autosaved now)
{
    std::optional<Autosaved> next (std::move (now));
    {
        const std::lock_guard guard (mutex);
        if (! isNew || ! wanted)
            due = std::chrono::steady_clock::now() +
                  std::max<std::chrono::steady_clock::duration> (options.delay, sparing * lastWrite);
        std::swap (wanted, next); // the old one is freed without the mutex
        isNew = true;
    }
    wake.notify_one();
}

void Autosave::clear()
{
    std::optional<Autosaved> none;
    {
        const std::lock_guard guard (mutex);
        std::swap (wanted, none);
        isNew = true;
    }
    wake.notify_one();
}

void Autosave::waitUntilWritten()
{
    std::unique_lock guard (mutex);
    isUrgent = true;
    wake.notify_one();
    idle.wait (guard, [&] { return ! isNew && ! isBusy; });
    isUrgent = false;
}

std::optional<Error> Autosave::problem() const
{
    const std::lock_guard guard (mutex);
    return failure;
}

void Autosave::work()
{
    std::unique_lock guard (mutex);
    while (true)
    {
        wake.wait (guard, [&] { return ends || isNew; });
        const auto isDue = [&] { return ends || isUrgent || ! wanted; };
        while (isNew && ! isDue() && wake.wait_until (guard, due) != std::cv_status::timeout)
        {}
        if (! isNew)
            return; // it ends, and nothing is left to do
        const auto now = wanted;
        isNew = false;
        isBusy = true;
        guard.unlock();
        const auto begun = std::chrono::steady_clock::now();
        auto problem = carryOut (now);
        const auto taken = std::chrono::steady_clock::now() - begun;
        guard.lock();
        failure = std::move (problem);
        lastWrite = taken;
        isBusy = false;
        idle.notify_all();
    }
}

std::optional<Error> Autosave::carryOut (const std::optional<Autosaved>& now)
{
    try
    {
        if (now)
            return write (*now);
        std::error_code ignored;
        std::filesystem::remove (path, ignored);
        lock.reset();
        return {};
    }
    catch (const std::bad_alloc&)
    {
        return failed (options.folder, ENOMEM);
    }
}

std::optional<Error> Autosave::write (const Autosaved& now)
{
    if (options.folder.empty())
        return Error { ErrorCode::Io,
                       "what is not saved cannot be kept: neither XDG_STATE_HOME nor HOME names a folder",
                       {} };
    std::error_code problem;
    if (std::filesystem::create_directories (options.folder, problem))
        std::filesystem::permissions (options.folder, std::filesystem::perms::owner_all, problem);
    if (! lock)
        if (auto taken = LockFile::take (lockOf (path)))
            lock = std::move (*taken); // else the file system has no locks, or what follows fails too
    auto pending = PendingFile::create (path);
    if (! pending)
        return failed (options.folder, pending.error());
    const auto text = autosaveHead (now) + writer.text (now.content);
    int number = writeBytes (pending->descriptor(), std::as_bytes (std::span (text)));
    if (number == 0)
        number = pending->complete();
    return number == 0 ? std::nullopt : std::optional (failed (options.folder, number));
}
} // namespace tableread::plugin
