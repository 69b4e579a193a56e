// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "Core/LockFile.h"
#include "Standalone/Files/AutosaveFile.h"

namespace tableread::plugin
{
/** A project that a window had not saved when its program ended. As long as this exists, no other window offers it. */
class Recoverable
{
public:
    Recoverable (std::filesystem::path file, std::optional<LockFile> claimed);

    /** Reads it. @returns what parse() does. */
    [[nodiscard]] Result<Autosaved> read() const;

    /** Removes it: it was read and is kept elsewhere, or the user gave it up. */
    void remove() const;

    /** "Recover scene.tableread from 21:40?"; the date too if it is not that of `now`. */
    std::string question (std::chrono::system_clock::time_point now) const;

    std::chrono::system_clock::time_point savedAt() const { return time; }

private:
    std::filesystem::path autosave;
    std::optional<LockFile> claim; // none where the file system has no locks
    std::filesystem::path file;    // the project's; empty: it had none
    std::chrono::system_clock::time_point time;
};

/** The autosaves in a folder whose programs have ended, newest first. Where locks do not work, those that were not written
    to for an hour. What was being written when a program was killed is removed. */
std::vector<Recoverable> findRecoverable (const std::filesystem::path& folder);
} // namespace tableread::plugin
