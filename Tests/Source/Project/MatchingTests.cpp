// SPDX-License-Identifier: Apache-2.0
#include "Project/Matching/Lines.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "Project/Matching/TextShape.h"

using namespace tableread::project;

namespace
{
using Elements = std::vector<std::uint32_t>;
using Places = std::vector<std::size_t>;

std::size_t lengthOfCommonSequence (const Elements& a, const Elements& b)
{
    std::vector<Places> length (a.size() + 1, Places (b.size() + 1));
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j)
            length[i][j] = a[i - 1] == b[j - 1] ? length[i - 1][j - 1] + 1
                                                : std::max (length[i - 1][j], length[i][j - 1]);
    return length.back().back();
}

Elements randomElements (std::mt19937& random, std::size_t most, std::uint32_t kinds)
{
    Elements all (random() % most);
    for (auto& element : all)
        element = (std::uint32_t) (random() % kinds);
    return all;
}

/** How many are matched; checks that they are equal, and in order. */
std::size_t checkInOrder (const Elements& before, const Elements& after)
{
    const auto match = matchInOrder (before, after);
    REQUIRE (match.size() == after.size());
    std::size_t count = 0, next = 0;
    for (std::size_t at = 0; at < match.size(); ++at)
        if (match[at] != unmatched)
        {
            REQUIRE (match[at] >= next);
            REQUIRE (before[match[at]] == after[at]);
            next = match[at] + 1;
            ++count;
        }
    return count;
}
} // namespace

TEST_CASE ("The longest increasing subsequence", "[source][project]")
{
    CHECK (longestIncreasing (Places {}).empty());
    CHECK (longestIncreasing (Places { 7 }) == Places { 0 });
    CHECK (longestIncreasing (Places { 3, 2, 1 }).size() == 1);
    CHECK (longestIncreasing (Places { 5, 0, 1, 9, 2, 3 }) == Places { 1, 2, 4, 5 });
}

TEST_CASE ("Short sequences have as much in common as there can be", "[source][project]")
{
    std::mt19937 random (17);
    for (int round = 0; round < 300; ++round)
    {
        const auto kinds = 1 + (std::uint32_t) (random() % 20);
        const auto before = randomElements (random, 60, kinds), after = randomElements (random, 60, kinds);
        CHECK (checkInOrder (before, after) == lengthOfCommonSequence (before, after));
    }
}

TEST_CASE ("Long sequences have nearly as much in common as there can be", "[source][project]")
{
    std::mt19937 random (18);
    for (int round = 0; round < 10; ++round)
    {
        Elements before (1500);
        for (std::size_t at = 0; at < before.size(); ++at) // a third of them are often the same
            before[at] = random() % 3 == 0 ? (std::uint32_t) (random() % 10) : (std::uint32_t) (10 + at);
        auto after = before;
        for (int change = 0; change < 100; ++change)
        {
            const auto at = after.begin() + (std::ptrdiff_t) (random() % after.size());
            if (random() % 2 == 0)
                after.erase (at);
            else
                after.insert (at, (std::uint32_t) (random() % 10));
        }
        CHECK ((double) checkInOrder (before, after) >=
               0.995 * (double) lengthOfCommonSequence (before, after));
    }
}

TEST_CASE ("Long sequences of whatever kind are matched in order", "[source][project]")
{
    std::mt19937 random (19);
    const auto kinds = GENERATE (1u, 2u, 50u, 100'000u);
    CAPTURE (kinds);
    for (int round = 0; round < 3; ++round)
        CHECK (checkInOrder (randomElements (random, 3000, kinds), randomElements (random, 3000, kinds)) <
               3000);
}

TEST_CASE ("Same lines are all found, whatever became of the rest", "[source][project]")
{
    std::mt19937 random (20);
    for (int round = 0; round < 100; ++round)
    {
        std::vector<std::string> words;
        words.reserve (40);
        for (int i = 0; i < 40; ++i)
            words.push_back ("word " + std::to_string (i) + std::string (random() % 5, 'x'));
        std::vector<LineText> before, after;
        for (auto count = random() % 80; count > 0; --count)
            before.push_back ({ random() % 2 == 0 ? "A" : "B", {}, words[random() % words.size()] });
        for (auto count = random() % 80; count > 0; --count)
            after.push_back ({ random() % 2 == 0 ? "A" : "B", {}, words[random() % words.size()] });

        const auto match = matchLines (before, after);
        REQUIRE (match.size() == after.size());
        std::set<std::size_t> used;
        std::size_t same = 0, expected = 0;
        for (std::size_t at = 0; at < match.size(); ++at)
            if (match[at] != unmatched)
            {
                REQUIRE (match[at] < before.size());
                REQUIRE (used.insert (match[at]).second);
                same += before[match[at]] == after[at] ? 1 : 0;
            }
        std::map<std::pair<std::string_view, std::string_view>, std::pair<std::size_t, std::size_t>> counts;
        for (const auto& line : before)
            ++counts[{ line.speaker, line.text }].first;
        for (const auto& line : after)
            ++counts[{ line.speaker, line.text }].second;
        for (const auto& [line, count] : counts)
            expected += std::min (count.first, count.second);
        CHECK (same == expected);
    }
}

TEST_CASE ("Many edited lines are found again", "[source][project]")
{
    std::vector<std::string> texts, edited;
    std::mt19937 random (21);
    for (int i = 0; i < 1000; ++i)
    {
        std::string text;
        for (int word = 0; word < 8; ++word)
            text += std::to_string (random() % 10'000) + ' ';
        texts.push_back (text + ".");
        edited.push_back (text + "!");
    }
    std::vector<LineText> before, after;
    for (int i = 0; i < 1000; ++i)
    {
        before.push_back ({ "A", {}, texts[(std::size_t) i] });
        after.push_back ({ "A", {}, edited[(std::size_t) i] });
    }
    const auto match = matchLines (before, after);
    for (std::size_t at = 0; at < match.size(); ++at)
        CHECK (match[at] == at);
}

TEST_CASE ("An edited text is alike, another one is not", "[source][project]")
{
    const auto likeness = [] (const char* a, const char* b) {
        return TextShape (a).likeness (TextShape (b));
    };
    CHECK (likeness ("Good morning.", "Good morning.") == 1.0f);
    CHECK (likeness ("Good morning to you.", "Good morning, to all of you.") >= alike);
    CHECK (likeness ("No.", "No!") >= alike);
    CHECK (likeness ("Yes.", "No.") < alike);
    CHECK (likeness ("Good morning to you.", "What is the time, please?") < alike);
    CHECK (likeness ("", "") == 1.0f);
}
