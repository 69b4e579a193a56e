// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Project/Matching/Lines.h"
#include "Support/Instrumented.h"

using namespace tableread::project;

namespace
{
constexpr std::size_t manyLines = 3000;

std::vector<std::string> manyTexts()
{
    std::mt19937 random (3000);
    std::vector<std::string> texts;
    for (std::size_t line = 0; line < manyLines; ++line)
    {
        std::string text;
        for (int word = 0; word < 10; ++word)
            text += std::string (3 + random() % 5, (char) ('a' + random() % 26)) + ' ';
        texts.push_back (text);
    }
    return texts;
}

std::vector<LineText> asLines (const std::vector<std::string>& texts)
{
    std::vector<LineText> lines;
    for (std::size_t line = 0; line < texts.size(); ++line)
        lines.push_back ({ line % 3 == 0 ? "Anna" : "Ben", {}, texts[line] });
    return lines;
}

/** The least of several runs, which other programs disturb least. */
double millisecondsToMatch (const std::vector<std::string>& before, const std::vector<std::string>& after)
{
    const auto former = asLines (before), now = asLines (after);
    double least = 1e9;
    for (int run = 0; run < 5; ++run)
    {
        const auto begin = std::chrono::steady_clock::now();
        const auto match = matchLines (former, now);
        const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
        REQUIRE (match.size() == now.size());
        least = std::min (least, time.count());
    }
    return least;
}
} // namespace

TEST_CASE ("3 000 lines are matched in a few milliseconds, whatever happened to them",
           "[source][project][time]")
{
    if (tableread::test::isInstrumented)
        return;
    constexpr double typed = 2.0, any = 25.0; // ms: several times what it takes, for a busy machine
    const auto texts = manyTexts();
    auto after = texts;
    after[1500] += "more";
    CHECK (millisecondsToMatch (texts, after) < typed);

    after = texts;
    after.insert (after.begin() + 10, "new");
    after.erase (after.begin() + 2900);
    CHECK (millisecondsToMatch (texts, after) < any);

    after = texts;
    std::reverse (after.begin(), after.end());
    CHECK (millisecondsToMatch (texts, after) < any);
    std::shuffle (after.begin(), after.end(), std::mt19937 (1));
    CHECK (millisecondsToMatch (texts, after) < any);

    after = texts;
    for (auto& text : after)
        text += "edited";
    CHECK (millisecondsToMatch (texts, after) < any);
    for (auto& text : after)
        std::reverse (text.begin(), text.end());
    CHECK (millisecondsToMatch (texts, after) < any);

    const std::vector<std::string> same (manyLines, "Yes."), fewer (manyLines - 100, "Yes.");
    CHECK (millisecondsToMatch (same, fewer) < any);
    std::vector<std::string> alternating (manyLines, "Yes.");
    for (std::size_t line = 0; line < manyLines; line += 2)
        alternating[line] = "No.";
    CHECK (millisecondsToMatch (same, alternating) < any);
}
