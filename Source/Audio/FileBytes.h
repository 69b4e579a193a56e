// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "Core/Error.h"

namespace tableread
{
/** "ada.wav is not a readable recording (WHY). Choose a WAV, FLAC, OGG or MP3 file." */
Error unreadableRecording (const std::filesystem::path& file, const std::string& why);

/** The bytes of a regular file, read by position and never mapped, so that a file that shrinks or whose drive goes away
    gives an error instead of a signal. Other kinds of files (pipes, devices) are refused without being opened.

    Threads   one at a time.
*/
class FileBytes
{
public:
    /** @returns NotFound, InvalidInput (not a file, no permission, empty) or Io with the file's name in the message. */
    [[nodiscard]] static Result<std::unique_ptr<FileBytes>> open (const std::filesystem::path& file);
    ~FileBytes();
    FileBytes (const FileBytes&) = delete;
    FileBytes& operator= (const FileBytes&) = delete;

    const std::filesystem::path& path() const { return file; }

    /** As it was when the file was opened. */
    std::int64_t size() const { return opened.size; }

    /** Reads bytes from position `at`. @returns their number; fewer than asked for at the end and after an error. */
    std::size_t read (std::int64_t at, std::span<char> bytes);

    /** The same as text; shorter at the end. */
    std::string text (std::int64_t at, std::size_t count);

    /** Io if a read failed, or if the file is not the same any more as when it was opened. */
    [[nodiscard]] Result<void> checkUnchanged() const;

private:
    /** What changes when a file does. */
    struct State
    {
        std::int64_t size = 0, seconds = 0, nanoseconds = 0;
        bool operator== (const State&) const = default;
    };

    FileBytes (std::filesystem::path name, int descriptor) : file (std::move (name)), handle (descriptor) {}
    std::optional<State> state() const;

    std::filesystem::path file;
    int handle;
    State opened;
    int failure = 0; // errno of the first read that failed
};
} // namespace tableread
