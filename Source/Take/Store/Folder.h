// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Disk/PendingFile.h"
#include "Take/Store/AudioObject.h"
#include "Take/Store/Options.h"

namespace tableread
{
/** The folder of a TakeStore (Assets/docs/takes.md): what lies where, and what is done to its files. Without locks: a file
    gets its name when it is whole, and one that is to be removed gets another name first.

    Threads   any. */
class StoreFolder
{
public:
    explicit StoreFolder (const TakeStoreOptions& options);

    std::filesystem::path record (std::string_view key) const;
    std::filesystem::path failure (std::string_view key) const;
    std::filesystem::path audio (const AudioObject& object) const;
    std::filesystem::path session (std::string_view id) const;

    /** reports/ID.YYYYMMDD-HHMMSS-NUMBER.txt, by UTC: sorted by name they are sorted by time. */
    std::filesystem::path report (std::string_view session, std::chrono::sys_seconds time, int number) const;

    /** Whose time says when somebody last began to evict. */
    std::filesystem::path evictionMark() const;

    /** Writes a file by `content`, which returns 0 or errno. `check` looks at what was written, before it gets its name.
        @returns problem(), or why `check` refuses it */
    [[nodiscard]] Result<void>
    write (const std::filesystem::path& file, const std::function<int (int descriptor)>& content,
           const std::function<Result<void> (const std::filesystem::path& written)>& check = {}) const;

    /** A whole file. @returns problem(), NotFound if it is not there, InvalidInput if it is no file of at most so many
        bytes. */
    [[nodiscard]] Result<std::string> read (const std::filesystem::path& file, std::size_t mostBytes) const;

    /** A sentence on what the system refused, what that means for takes, and what to do. */
    Error problem (int number) const;

    /** Problem, if the folder is not there although it should be: its drive is not mounted, perhaps. */
    [[nodiscard]] Result<void> checkThere() const;

    /** Removes a file, which may be gone already. @returns problem() */
    [[nodiscard]] Result<void> remove (const std::filesystem::path& file) const;

    /** Moves a damaged file to where it is not used any more. @returns whether that worked. */
    bool setAside (const std::filesystem::path& file) const;

    /** Notes that a file is used now. @returns false if it is not there. */
    static bool noteUse (const std::filesystem::path& file);

    struct File
    {
        std::filesystem::path path {};
        std::int64_t bytes = 0;
        std::chrono::sys_seconds used {};
    };

    /** The files of one of these, in no order; with those that are being written. @returns problem() */
    [[nodiscard]] Result<std::vector<File>> records() const { return filesIn ("takes"); }
    [[nodiscard]] Result<std::vector<File>> failures() const { return filesIn ("failed"); }
    [[nodiscard]] Result<std::vector<File>> audioFiles() const { return filesIn ("audio"); }
    [[nodiscard]] Result<std::vector<File>> sessions() const { return filesOf ("sessions"); }
    [[nodiscard]] Result<std::vector<File>> reports() const { return filesOf ("reports"); }

    /** By the clock of now(); long ago if it never was; empty if there is no folder. */
    std::optional<std::chrono::sys_seconds> lastEviction() const;

    /** The time by the clock that the files' times are of. @returns problem() */
    [[nodiscard]] Result<std::chrono::sys_seconds> now() const;

    /** Removes a file unless it was used since `oldest`, even if that was a moment ago. @returns whether it is gone. */
    static bool removeUnused (const std::filesystem::path& file, std::chrono::sys_seconds oldest);

private:
    tl::expected<PendingFile, int> create (const std::filesystem::path& file) const;
    int makeFolders (const std::filesystem::path& below) const;
    int makeBase() const;
    Result<std::vector<File>> filesIn (const char* kind) const;
    Result<std::vector<File>> filesOf (const char* folder) const;

    std::filesystem::path base;
    std::string namedBy;
};
} // namespace tableread
