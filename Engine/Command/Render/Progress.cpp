// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/Progress.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include <fmt/format.h>

namespace tableread::engine
{
namespace
{
constexpr double almostAll = 0.98; // a passage longer than estimated stays here until it ends
constexpr auto betweenDrawings = std::chrono::milliseconds (100);

double secondsBetween (std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to)
{
    return std::chrono::duration<double> (to - from).count();
}
} // namespace

double usualSeconds (std::size_t letters)
{
    return static_cast<double> (letters) / usualLettersPerSecond;
}

std::string clockText (double seconds)
{
    const auto whole = std::max<std::int64_t> (0, std::llround (seconds));
    const auto hours = whole / 3600, minutes = whole / 60 % 60;
    return hours > 0 ? fmt::format ("{}:{:02}:{:02}", hours, minutes, whole % 60)
                     : fmt::format ("{}:{:02}", minutes, whole % 60);
}

Progress::Progress (std::ostream& stream, std::vector<Passage> all, Options wanted)
    : out (stream)
    , passages (std::move (all))
    , options (std::move (wanted))
    , begin (options.now())
    , drawn (begin)
    , passageBegin (begin)
{
    for (const auto& passage : passages)
        lettersTotal += passage.letters;
}

Progress::~Progress()
{
    clear();
}

double Progress::fraction() const
{
    if (current >= passages.size() || lettersTotal == 0)
        return 1.0;
    const auto framesBefore = framesTotal - framesOfPassage;
    const double lettersPerSecond = framesBefore > 0
                                        ? static_cast<double> (lettersDone) /
                                              (static_cast<double> (framesBefore) * options.secondsPerFrame)
                                        : usualLettersPerSecond;
    const auto letters = static_cast<double> (passages[current].letters);
    const double spoken = static_cast<double> (framesOfPassage) * options.secondsPerFrame * lettersPerSecond;
    return (static_cast<double> (lettersDone) + std::min (spoken, almostAll * letters)) /
           static_cast<double> (lettersTotal);
}

void Progress::frame()
{
    ++framesTotal;
    ++framesOfPassage;
    const auto now = options.now();
    if (options.columns > 0 && (! visible || now - drawn >= betweenDrawings))
    {
        drawn = now;
        draw();
    }
}

void Progress::passageEnded()
{
    const auto now = options.now();
    if (options.columns == 0)
    {
        const double speech = static_cast<double> (framesOfPassage) * options.secondsPerFrame;
        const double took = secondsBetween (passageBegin, now);
        out << fmt::format ("{}/{} {}: {:.1f} s of speech in {:.1f} s, real-time factor {:.2f}\n",
                            current + 1, passages.size(), passages[current].title, speech, took,
                            speech > 0 ? took / speech : 0.0)
            << std::flush;
    }
    lettersDone += passages[current].letters;
    ++current;
    framesOfPassage = 0;
    passageBegin = now;
}

void Progress::note (const std::string& sentence)
{
    clear();
    out << sentence << '\n' << std::flush;
}

double Progress::elapsedSeconds() const
{
    return secondsBetween (begin, options.now());
}

void Progress::draw()
{
    const double part = fraction();
    const double elapsed = elapsedSeconds();
    const double speech = static_cast<double> (framesTotal) * options.secondsPerFrame;
    const auto numbers = fmt::format (
        " {:3.0f} %  {} elapsed, {} left, real-time factor {:.2f}", 100.0 * part, clockText (elapsed),
        part > 0 ? clockText (elapsed / part - elapsed) : "?", speech > 0 ? elapsed / speech : 0.0);
    const auto title = fmt::format ("  {}/{} {}", current + 1, passages.size(), passages[current].title);
    constexpr int most = 40, least = 8, brackets = 2;
    const int room = options.columns - 1 - static_cast<int> (numbers.size()) - brackets;
    const int width = std::clamp (room, least, most);
    const auto filled = static_cast<std::size_t> (std::lround (part * width));
    auto line = '[' + std::string (filled, '#') +
                std::string (static_cast<std::size_t> (width) - filled, '-') + ']' + numbers;
    if (static_cast<int> (line.size() + title.size()) < options.columns)
        line += title;
    line.resize (std::min (line.size(), static_cast<std::size_t> (options.columns - 1)));
    out << "\r\x1b[K" << line << std::flush;
    visible = true;
}

void Progress::clear()
{
    if (visible)
        out << "\r\x1b[K" << std::flush;
    visible = false;
}
} // namespace tableread::engine
