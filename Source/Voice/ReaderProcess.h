// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

#include "Core/Error.h"
#include "Voice/Recording.h"

namespace tableread
{
/** The program tableread-read-recording: decodes one file, so that a decoder that hangs, crashes or waits for a drive
    harms nothing else. */
struct ReaderProcess
{
    std::filesystem::path program; // empty: recordings are decoded in the caller's own process
    std::chrono::milliseconds timeLimit { 30'000 };
    std::function<bool()> isCancelled = {};      // asked about twenty times a second; empty: never
    double mostSeconds = Recording::mostSeconds; // of sound
};

/** Reads a recording in a process of its own, which is killed at the time limit and when the wait is cancelled.

    Threads   any; the process is started with posix_spawn, since a fork of a process with threads may not decode.
    Memory    of what the process sends, no more than the longest recording is kept.
    @returns what readRecording() returns there; InvalidInput if it crashes or computes until the time limit; Io if it
             waits for the drive until then or cannot be started; Cancelled. */
[[nodiscard]] Result<Recording> readInProcess (const std::filesystem::path& file,
                                               const ReaderProcess& process);

/** The same where a program is given, else readRecording(). */
[[nodiscard]] Result<Recording> readRecording (const std::filesystem::path& file,
                                               const ReaderProcess& process);
} // namespace tableread
