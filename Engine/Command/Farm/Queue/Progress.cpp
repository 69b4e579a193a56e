// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Queue/Progress.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/Render/Progress.h"
#include "Settings/Keys.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

constexpr double secondsPerMinute = 60.0;
constexpr double shortest = 1.0; // seconds that tell a speed

/** What one machine has rendered. */
struct Work
{
    std::int64_t lines = 0, recentLines = 0;
    double recentSpeech = 0.0;
    double first = 0.0, firstSpeech = 0.0; // of the recent lines
    double last = 0.0;

    void add (double at, double speech, double since)
    {
        ++lines;
        last = std::max (last, at);
        if (at < since)
            return;
        if (recentLines == 0 || at < first)
        {
            first = at;
            firstSpeech = speech;
        }
        ++recentLines;
        recentSpeech += speech;
    }

    /** The first line only tells when the second one began. */
    FarmState::Node node (const std::string& name, double now) const
    {
        FarmState::Node node { .name = name, .lines = lines, .idleSeconds = std::max (now - last, 0.0) };
        if (recentLines > 1 && now - first >= shortest)
        {
            const double minutes = (now - first) / secondsPerMinute;
            node.linesPerMinute = static_cast<double> (recentLines - 1) / minutes;
            node.speechPerMinute = (recentSpeech - firstSpeech) / minutes;
        }
        return node;
    }
};

std::string bar (const FarmState& state, int columns)
{
    const double part =
        state.lines > 0 ? static_cast<double> (state.lines - state.left()) / static_cast<double> (state.lines)
                        : 1.0;
    auto numbers =
        fmt::format ("{:3.0f} %  {} of {} lines", std::floor (100.0 * part), state.stored, state.lines);
    if (! state.setAside.empty())
        numbers += fmt::format (", {} set aside", state.setAside.size());
    if (state.left() > 0)
        numbers += state.secondsLeft ? fmt::format (", {} left", clockText (*state.secondsLeft))
                                     : std::string (", nobody has spoken two lines yet");
    constexpr int most = 40, least = 8, around = 4;
    const int width = std::clamp (columns - around - static_cast<int> (numbers.size()), least, most);
    const auto filled = static_cast<std::size_t> (std::floor (part * width));
    return fmt::format ("[{}{}] {}\n", std::string (filled, '#'),
                        std::string (static_cast<std::size_t> (width) - filled, '-'), numbers);
}

std::string shown (const std::string& text)
{
    constexpr std::size_t longest = 300;
    return printable (text, longest);
}
} // namespace

void FarmProgress::add (const std::string& key, std::uint64_t number, double at, LineResult result)
{
    lines.insert_or_assign (key, Known { number, at, std::move (result) });
}

void FarmProgress::forgetBefore (std::uint64_t number)
{
    std::erase_if (lines, [number] (const auto& line) { return line.second.number < number; });
}

FarmState FarmProgress::at (double now, std::int64_t queued) const
{
    FarmState state;
    std::map<std::string, Work> works;
    for (const auto& [key, known] : lines)
    {
        const auto& result = known.result;
        switch (result.state)
        {
            case LineResult::State::Speaking:
                ++state.speaking;
                break;
            case LineResult::State::Stored:
                ++state.stored;
                break;
            case LineResult::State::SetAside:
                state.setAside.push_back (result);
                break;
            case LineResult::State::Left:
                break;
        }
        if (result.state == LineResult::State::Stored && result.isRendered)
            works[result.node].add (known.at, result.seconds, now - window);
    }
    std::sort (state.setAside.begin(), state.setAside.end(), [] (const auto& a, const auto& b) {
        return std::tie (a.project, a.line) < std::tie (b.project, b.line);
    });
    state.lines = queued + state.stored + static_cast<std::int64_t> (state.setAside.size());
    double speed = 0.0;
    for (const auto& [name, work] : works)
    {
        state.nodes.push_back (work.node (name, now));
        speed += state.nodes.back().linesPerMinute;
    }
    if (state.left() == 0)
        state.secondsLeft = 0.0;
    else if (speed > 0.0)
        state.secondsLeft = static_cast<double> (state.left()) / speed * secondsPerMinute;
    return state;
}

std::string describe (const FarmState& state, int columns)
{
    auto text = bar (state, columns);
    constexpr std::size_t longestName = 30;
    if (! state.nodes.empty())
        text += fmt::format ("{:<30}  lines  lines/min  speech s/min  last line\n", "node");
    for (const auto& node : state.nodes)
        text +=
            fmt::format ("{:<30}  {:>5}  {:>9.1f}  {:>12.1f}  {} ago\n", printable (node.name, longestName),
                         node.lines, node.linesPerMinute, node.speechPerMinute, clockText (node.idleSeconds));
    for (const auto& line : state.setAside)
        text += fmt::format ("set aside: {} {}: {}\n", shown (line.project), shown (line.title),
                             shown (line.reason));
    return text;
}

std::string toJson (const FarmState& state)
{
    auto nodes = Json::array(), setAside = Json::array();
    for (const auto& node : state.nodes)
        nodes.push_back ({ { "node", node.name },
                           { "lines", node.lines },
                           { "lines_per_minute", node.linesPerMinute },
                           { "speech_seconds_per_minute", node.speechPerMinute },
                           { "idle_seconds", node.idleSeconds } });
    for (const auto& line : state.setAside)
        setAside.push_back ({ { "project", line.project },
                              { "line", line.line },
                              { "title", line.title },
                              { "node", line.node },
                              { "reason", line.reason } });
    const Json json = { { "lines", state.lines },
                        { "stored", state.stored },
                        { "left", state.left() },
                        { "speaking", state.speaking },
                        { "seconds_left", state.secondsLeft ? Json (*state.secondsLeft) : Json() },
                        { "nodes", std::move (nodes) },
                        { "set_aside", std::move (setAside) } };
    return json.dump (2, ' ', false, Json::error_handler_t::replace) + '\n';
}
} // namespace tableread::engine
