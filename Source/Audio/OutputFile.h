// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Core/Error.h"

namespace tableread
{
/** A file on disk that gets its name only when it is complete. Until then it is FILE.1.part (or .2.part …) in the same
    folder, locked so that others can tell it from one that a killed program left. A link stays one: the file that it
    points to is replaced, and keeps its mode. A path that exists and is not a regular file (/dev/null, a pipe) is
    written directly.

    Threads   one at a time.
    Errors    with the path as `where`: OutOfMemory if the disk is full, Io if it fails, else InvalidInput or NotFound. */
class OutputFile
{
public:
    [[nodiscard]] static Result<OutputFile> open (const std::filesystem::path& file);
    OutputFile (OutputFile&& other) noexcept;
    ~OutputFile(); // removes what has no name yet

    int descriptor() const { return openDescriptor; }
    bool isDirect() const { return temporary.empty(); }

    /** Where it is until it is complete; empty if it is written directly. */
    const std::filesystem::path& temporaryPath() const { return temporary; }

    /** Where it will be: the given path, with links followed. */
    const std::filesystem::path& path() const { return file; }

    /** Syncs it to disk and gives it its name. */
    [[nodiscard]] Result<void> complete();

    /** The same, but InvalidInput if there is a file of that name by now. */
    [[nodiscard]] Result<void> completeNew();

    /** Gives it a name that says that it is not complete, FILE.partial.wav (or FILE.partial-2.wav …), beside a complete
        file that may be there. Replaces nothing. @returns that name. */
    [[nodiscard]] Result<std::filesystem::path> keepPartial();

private:
    OutputFile() = default;
    int openTarget();
    int openTemporary();

    std::filesystem::path file, temporary; // no temporary if it is written directly
    int openDescriptor = -1;
};

/** That `file` cannot be written, for a reason in words; `number` is the errno. */
Error cannotWrite (const std::filesystem::path& file, int number, const std::string& why);

/** The .part files of `file` that nobody is writing: a program that wrote them was killed. */
std::vector<std::filesystem::path> leftBehind (const std::filesystem::path& file);

/** A sentence on each of them, with the length of its sound. */
std::vector<std::string> notesOnLeftBehind (const std::filesystem::path& file);
} // namespace tableread
