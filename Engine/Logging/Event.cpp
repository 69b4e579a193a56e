// SPDX-License-Identifier: Apache-2.0
#include "Logging/Event.h"

#include <algorithm>
#include <atomic>
#include <span>

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "Core/ContentHash.h"

namespace tableread::engine
{
namespace
{
std::atomic<bool> textsAreLogged { false };

bool isPlain (char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view ("_-.:/@%+~#,").find (c) != std::string_view::npos;
}

void append (spdlog::memory_buf_t& line, std::string_view text)
{
    line.append (text.data(), text.data() + text.size());
}

void appendQuoted (spdlog::memory_buf_t& line, std::string_view text)
{
    line.push_back ('"');
    for (const char c : text)
    {
        if (c == '"' || c == '\\' || c == '\n')
            line.push_back ('\\');
        line.push_back (c == '\n' ? 'n' : c);
    }
    line.push_back ('"');
}
} // namespace

LogEvent::LogEvent (spdlog::level::level_enum wanted, std::string_view event)
    : level (wanted)
    , isLogged (spdlog::default_logger_raw()->should_log (wanted))
{
    with ("event", event);
}

LogEvent& LogEvent::with (std::string_view field, std::string_view value)
{
    constexpr std::size_t longest = 1024; // of the value: the fields behind it are to be there
    if (! isLogged)
        return *this;
    if (line.size() > 0)
        line.push_back (' ');
    append (line, field);
    line.push_back ('=');
    if (! value.empty() && value.size() <= longest && std::ranges::all_of (value, isPlain))
        append (line, value);
    else
        appendQuoted (line, value.substr (0, longest));
    return *this;
}

LogEvent& LogEvent::with (std::string_view field, double value)
{
    return isLogged ? with (field, fmt::format ("{:.3f}", value)) : *this;
}

void LogEvent::write()
{
    if (isLogged)
        spdlog::default_logger_raw()->log (level, spdlog::string_view_t (line.data(), line.size()));
}

bool logsTexts()
{
    return textsAreLogged;
}

void logTexts (bool wanted)
{
    textsAreLogged = wanted;
}

std::string asLogged (std::string_view secret)
{
    constexpr std::size_t digits = 16;
    if (logsTexts())
        return std::string (secret);
    return '#' + hashOfBytes (std::as_bytes (std::span (secret))).substr (0, digits);
}

std::string asLogged (std::string sentence, std::initializer_list<std::string> names)
{
    if (logsTexts())
        return sentence;
    for (const auto& name : names)
    {
        if (name.empty())
            continue;
        const auto hash = asLogged (name);
        for (auto at = sentence.find (name); at != std::string::npos;
             at = sentence.find (name, at + hash.size()))
            sentence.replace (at, name.size(), hash);
    }
    return sentence;
}
} // namespace tableread::engine
