// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace tableread::engine
{
/** How fast people speak, to estimate a length before anything is spoken. */
inline constexpr double usualLettersPerSecond = 14.0;

/** Shows a render's progress: on a terminal one bar that is redrawn, elsewhere a line for each passage.

    The length of speech is not known in advance: it is estimated from the length of the text, first with a usual rate
    of speech, then with that of the finished passages.
    Threads   one at a time.
*/
class Progress
{
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;

    struct Passage
    {
        std::string title;       // "line 5, Anna"
        std::size_t letters = 0; // of its text
    };

    struct Options
    {
        int columns = 0; // of the terminal; 0: no terminal, so plain lines
        double secondsPerFrame = 0.1333;
        Clock now = [] { return std::chrono::steady_clock::now(); };
    };

    Progress (std::ostream& stream, std::vector<Passage> passages, Options options);
    ~Progress(); // clears the bar

    void frame();                            // the current passage has one more
    void passageEnded();                     // the next one becomes current
    void note (const std::string& sentence); // a line of its own, above the bar

    /** The finished part of the render, from 0 to 1. */
    double fraction() const;

private:
    void draw();
    void clear();
    double elapsedSeconds() const;

    std::ostream& out;
    std::vector<Passage> passages;
    Options options;
    std::chrono::steady_clock::time_point begin, drawn, passageBegin;
    std::size_t current = 0;
    std::size_t lettersTotal = 0, lettersDone = 0;
    std::int64_t framesTotal = 0, framesOfPassage = 0;
    bool visible = false;
};

/** About how long the speech of this many letters is, before any of it is rendered. */
double usualSeconds (std::size_t letters);

/** "0:07", "12:34", "1:02:03". */
std::string clockText (double seconds);
} // namespace tableread::engine
