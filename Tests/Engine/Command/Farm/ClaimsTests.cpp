// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "Command/Farm/Claims.h"
#include "Core/Error.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
using Lines = std::vector<std::size_t>;

/** Of each voice that is named by a letter; those of a voice ask for different words of the same length. */
std::vector<FarmLine> linesBy (const std::string& letters)
{
    std::vector<FarmLine> lines;
    for (const char letter : letters)
    {
        auto& request = lines.emplace_back().wanted.request;
        request.voices.push_back ({ std::string (1, letter), {} });
        request.lines.push_back ({ 0, fmt::format ("{:05}", lines.size()) });
    }
    return lines;
}

/** The next lines of a worker. */
Lines nextOf (LineOrder& order, LineClaims& claims, int count)
{
    Lines lines;
    for (int i = 0; i < count; ++i)
        if (const auto line = order.next (claims))
            lines.push_back (*line);
    return lines;
}

/** While it exists, standard input is this. */
class StandardInput
{
public:
    explicit StandardInput (int descriptor) { ::dup2 (descriptor, STDIN_FILENO); }
    ~StandardInput() { ::dup2 (before.number, STDIN_FILENO); }
    StandardInput (const StandardInput&) = delete;
    StandardInput& operator= (const StandardInput&) = delete;

private:
    const Descriptor before { ::dup (STDIN_FILENO) };
};
} // namespace

TEST_CASE ("A line is taken once, whichever process asks", "[engine][command][farm]")
{
    LineClaims parents (3);
    const StandardInput input (parents.descriptor());
    auto workers = LineClaims::given (3);
    CHECK (workers.count() == 3);
    CHECK (workers.take (1, 2));
    CHECK_FALSE (workers.take (1, 2));
    CHECK_FALSE (parents.take (1, 1));
    CHECK (parents.takerOf (0) == 0);
    CHECK (parents.takerOf (1) == 2);
    CHECK (parents.take (2, 64));
    CHECK (workers.takerOf (2) == 64);
    CHECK_THROWS_WITH (LineClaims::given (4), Catch::Contains ("Run batch again"));
}

TEST_CASE ("What is no such memory is refused", "[engine][command][farm]")
{
    int ends[2] = {};
    REQUIRE (::pipe (ends) == 0);
    const Descriptor reading (ends[0]), writing (ends[1]);
    const StandardInput input (reading.number);
    CHECK_THROWS_WITH (LineClaims::given (0), Catch::Contains ("--worker was given by hand"));
    CHECK_THROWS_WITH (LineClaims::given (5), Catch::Contains ("--worker was given by hand"));
}

TEST_CASE ("A worker takes its part, cast by cast, and then helps from the end of the fullest",
           "[engine][command][farm]")
{
    const auto lines = linesBy ("ABABCABACB"); // by casts: A 0 2 5 7, B 1 3 6 9, C 4 8
    LineClaims claims (lines.size());
    LineOrder first (lines, 1, 3), second (lines, 2, 3), third (lines, 3, 3);
    CHECK (nextOf (first, claims, 2) == Lines { 0, 2 });
    CHECK (nextOf (second, claims, 1) == Lines { 7 });
    CHECK (nextOf (first, claims, 1) == Lines { 5 });
    CHECK (nextOf (third, claims, 1) == Lines { 6 });
    CHECK (nextOf (first, claims, 3) == Lines { 8, 3, 4 }); // the third's part had most, then as many
    CHECK (nextOf (second, claims, 2) == Lines { 1, 9 });
    CHECK_FALSE (first.next (claims));
    CHECK_FALSE (second.next (claims));
    CHECK_FALSE (third.next (claims));
}

TEST_CASE ("Of a cast the longest line comes first, and what asks for the same together",
           "[engine][command][farm]")
{
    auto lines = linesBy ("AAAAAABA");
    const auto text = [&] (std::size_t line) -> std::string& {
        return lines[line].wanted.request.lines[0].text;
    };
    text (1) = text (4) = text (5) = text (6) = "Somewhat longer.";
    text (3) = "The longest of all of them.";
    text (7) = text (0);
    lines[4].wanted.request.seed = 7;
    LineClaims claims (lines.size());
    LineOrder first (lines, 1, 2), second (lines, 2, 2); // A 3, 1 with 5, 4; 0 with 7, 2, B 6
    CHECK (nextOf (first, claims, 2) == Lines { 3, 1 });
    CHECK (claims.takerOf (5) == 1); // nobody else speaks it meanwhile
    CHECK (nextOf (second, claims, 1) == Lines { 0 });
    CHECK (nextOf (second, claims, 4) == Lines { 7, 2, 6, 4 });
    CHECK (nextOf (first, claims, 9) == Lines { 5 });
    CHECK_FALSE (second.next (claims));
}

TEST_CASE ("One worker takes all lines, also of fewer lines than workers", "[engine][command][farm]")
{
    const auto lines = linesBy ("BAB");
    LineClaims claims (3), few (3), none (0);
    LineOrder alone (lines, 1, 1), fourth (lines, 4, 5), idle ({}, 1, 2);
    CHECK (nextOf (alone, claims, 9) == Lines { 0, 1, 2 }); // as in the script
    auto taken = nextOf (fourth, few, 9);
    std::sort (taken.begin(), taken.end());
    CHECK (taken == Lines { 0, 1, 2 });
    CHECK_FALSE (idle.next (none));
}

TEST_CASE ("Workers that ask at the same time share all lines", "[engine][command][farm]")
{
    constexpr std::size_t workers = 4, count = 2'000;
    std::string letters;
    for (std::size_t i = 0; i < count; ++i)
        letters += static_cast<char> ('A' + i % 7);
    auto lines = linesBy (letters);
    for (std::size_t i = 0; i < count; ++i) // each ten of a voice ask for the same
        lines[i].wanted.request.lines[0].text = fmt::format ("{:05}", i / 70);
    LineClaims claims (count);
    std::vector<Lines> taken (workers);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers; ++i)
        threads.emplace_back ([&, i] {
            LineOrder order (lines, i + 1, workers);
            while (const auto line = order.next (claims))
                taken[i].push_back (*line);
        });
    for (auto& thread : threads)
        thread.join();
    Lines all;
    for (std::size_t i = 0; i < workers; ++i)
        for (const auto line : taken[i])
        {
            all.push_back (line);
            CHECK (claims.takerOf (line) == i + 1);
            CHECK (claims.takerOf (line / 70 * 70 + line % 7) == i + 1); // the first that asks for it
        }
    std::sort (all.begin(), all.end());
    REQUIRE (all.size() == count);
    for (std::size_t i = 0; i < count; ++i)
        CHECK (all[i] == i);
}
