// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "Logging/Channel.h"
#include "Logging/RotatingFile.h"

namespace spdlog
{
class logger;
}

namespace tableread::engine
{
/** The process's log while this exists: spdlog's default logger, to standard error for people, and to a file for programs
    if there is one. Whoever logs never waits: not for a reader, a disk, or the thread that writes.

    Standard error   [2026-11-29 05:30:13.123] [engine] [info] a sentence, or the fields of an event
    File             time=2026-11-29T05:30:13.123Z level=info event=ended job=job-1 …; a sentence is event=note message="…"

    One at a time; it is made before and destroyed after all threads that log.
*/
class Logging
{
public:
    struct Options
    {
        std::string level = "info";      // debug, info, warning or error
        std::filesystem::path file = {}; // empty: none
        RotatingFile::Limits rotation = {};
        bool texts = false; // what is spoken and the recordings' names, in place of hashes
        LogChannel::Limits channel = {};
    };

    /** @throws Exception if the file cannot be written. */
    Logging (std::unique_ptr<LineOutput> console, const Options& options);
    ~Logging();
    Logging (const Logging&) = delete;
    Logging& operator= (const Logging&) = delete;

    /** Writes what still waits, within LogChannel::Limits::lastWords; what is logged later is dropped. */
    void close();

private:
    std::vector<std::shared_ptr<LogChannel>> channels;
    std::shared_ptr<spdlog::logger> before;
};
} // namespace tableread::engine
