// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include <spdlog/common.h>

namespace tableread::engine
{
/** A line of the log with fields for programs: event=ended job=job-1 frames=5 … in place of a sentence. Does nothing if its
    level is not logged. Threads: any; nobody waits for the log. */
class LogEvent
{
public:
    LogEvent (spdlog::level::level_enum level, std::string_view event);

    /** A text in quotes if it has more than letters, digits and a few signs. */
    LogEvent& with (std::string_view field, std::string_view value);

    template <std::integral Number>
    LogEvent& with (std::string_view field, Number value)
    {
        return isLogged ? with (field, std::string_view (std::to_string (value))) : *this;
    }

    /** With three digits behind the point. */
    LogEvent& with (std::string_view field, double value);

    void write();

private:
    spdlog::level::level_enum level;
    bool isLogged;
    spdlog::memory_buf_t line; // the stack's, if it is short
};

/** Whether texts are logged that people speak or name, or only hashes of them. [any thread] */
bool logsTexts();
void logTexts (bool wanted);

/** A text or a recording's name as it is logged: its hash (XXH3-128, 16 digits), unless texts are logged. */
std::string asLogged (std::string_view secret);

/** A sentence in which these names are as they are logged. */
std::string asLogged (std::string sentence, std::initializer_list<std::string> names);
} // namespace tableread::engine
