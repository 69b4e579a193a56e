// SPDX-License-Identifier: GPL-3.0-or-later
// One session, bounced in every way that hosts have: one hash for each rate. Here a subset in which each value of a factor
// meets each of another; the soak has all.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "Source/EngineLink/FakeProcess.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr std::uint64_t matrixSeed = 5;
constexpr const char* shortScene =
    "Anna: Good evening.\nBen: Late.\n[pause 150ms]\nAnna: Yes.\n[pause 50ms]\n";
constexpr std::array<double, 6> rates { 22'050.0, 24'000.0, 44'100.0, 48'000.0, 96'000.0, 192'000.0 };
constexpr int anySize = 0;
constexpr std::array<int, 6> blocks { 1, 17, 64, 512, 8'192, anySize };

enum class Way
{
    Straight,
    Seeks,
    Loops
};

enum class EngineIs
{
    Cold,
    Warm,
    KilledTwice
};

/** Indices of the values: format, rate, block, way, engine. */
using Choice = std::array<std::size_t, 5>;
constexpr Choice counts { std::size (pluginFormats), rates.size(), blocks.size(), 3, 3 };

std::vector<Choice> allChoices()
{
    std::vector<Choice> all { Choice {} };
    for (std::size_t factor = 0; factor < counts.size(); ++factor)
    {
        std::vector<Choice> more;
        for (const auto& each : all)
            for (std::size_t value = 0; value < counts[factor]; ++value)
            {
                more.push_back (each);
                more.back()[factor] = value;
            }
        all = std::move (more);
    }
    return all;
}

/** Two factors with their values. */
using Pair = std::array<std::size_t, 4>;

std::vector<Pair> pairsOf (const Choice& choice)
{
    std::vector<Pair> pairs;
    for (std::size_t a = 0; a < choice.size(); ++a)
        for (std::size_t b = a + 1; b < choice.size(); ++b)
            pairs.push_back ({ a, choice[a], b, choice[b] });
    return pairs;
}

/** So few that each pair of values is in one of them: always the one next that has most new pairs. */
std::vector<Choice> pairwise()
{
    const auto all = allChoices();
    std::set<Pair> open;
    for (const auto& choice : all)
        for (const auto& pair : pairsOf (choice))
            open.insert (pair);
    const auto worth = [&] (const Choice& choice) {
        const auto pairs = pairsOf (choice);
        return std::count_if (pairs.begin(), pairs.end(),
                              [&] (const Pair& pair) { return open.contains (pair); });
    };
    std::vector<Choice> chosen;
    while (! open.empty())
    {
        chosen.push_back (*std::max_element (all.begin(), all.end(), [&] (const Choice& a, const Choice& b) {
            return worth (a) < worth (b);
        }));
        for (const auto& pair : pairsOf (chosen.back()))
            open.erase (pair);
    }
    return chosen;
}

/** Kills the engine in the middle of its work, twice. */
class Killer
{
public:
    explicit Killer (const FakeProcess& victim)
        : thread ([&victim] {
            for (int i = 1; i <= 2; ++i)
            {
                (void) eventually ([&] { return victim.starts() == i; });
                std::this_thread::sleep_for (std::chrono::milliseconds (100));
                victim.kill();
            }
        })
    {}
    ~Killer() { thread.join(); }
    Killer (const Killer&) = delete;
    Killer& operator= (const Killer&) = delete;

private:
    std::thread thread;
};

/** A host's session in one of the ways. */
class Session
{
public:
    explicit Session (const Choice& chosen)
        : choice (chosen)
        , engine (engineIs() == EngineIs::KilledTwice ? "frame-ms=60" : "")
        , environment (engine.socket().parent_path(), TABLEREAD_FAKE_ENGINE)
        , plugin (format().name, format().bundle, rate(), 8'192)
        , length ((std::int64_t) expected().size())
    {
        plugin.load (StateText { shortScene, matrixSeed, false }.text());
    }

    std::vector<float> expected() const
    {
        return expectedSound ({ { "anna", "Good evening." }, { "ben", "Late." }, { "anna", "Yes.", 150 } },
                              50, rate(), matrixSeed);
    }

    std::string hash()
    {
        if (engineIs() == EngineIs::Warm)
            (void) plugin.bounce (0, length, 8'192);
        std::optional<Killer> killer;
        if (engineIs() == EngineIs::KilledTwice)
            killer.emplace (engine);
        const auto heard = hear();
        killer.reset();
        if (engineIs() == EngineIs::KilledTwice && engine.starts() != 3)
            return "the engine was not killed twice";
        return contentHash (heard);
    }

    std::string text() const
    {
        return std::string (format().name) + ", " + std::to_string (rate()) + " Hz, blocks of " +
               std::to_string (blocks[choice[2]]) + ", way " + std::to_string (choice[3]) + ", engine " +
               std::to_string (choice[4]);
    }

private:
    const PluginFormat& format() const { return pluginFormats[choice[0]]; }
    double rate() const { return rates[choice[1]]; }
    EngineIs engineIs() const { return (EngineIs) choice[4]; }

    std::vector<float> play (std::int64_t from, std::int64_t to)
    {
        if (blocks[choice[2]] != anySize)
            return plugin.bounce (from, to, blocks[choice[2]]);
        std::vector<float> heard;
        while (from < to)
        {
            const auto count = std::min<std::int64_t> (1 + (std::int64_t) (dice() % 8'192), to - from);
            const auto block = plugin.bounce (from, from + count, (int) count);
            heard.insert (heard.end(), block.begin(), block.end());
            from += count;
        }
        return heard;
    }

    std::vector<float> hear()
    {
        switch ((Way) choice[3])
        {
            case Way::Seeks:
                return hearInPieces();
            case Way::Loops:
                return hearLooped();
            case Way::Straight:
                break;
        }
        return play (0, length);
    }

    /** In any order. */
    std::vector<float> hearInPieces()
    {
        constexpr std::size_t pieces = 7;
        std::vector<std::int64_t> cuts { 0, length };
        while (cuts.size() < pieces + 1)
            cuts.push_back ((std::int64_t) dice() % length);
        std::sort (cuts.begin(), cuts.end());
        std::array<std::size_t, pieces> order {};
        std::iota (order.begin(), order.end(), std::size_t { 0 });
        std::shuffle (order.begin(), order.end(), dice);
        std::vector<float> sound ((std::size_t) length);
        for (const auto piece : order)
        {
            const auto heard = play (cuts[piece], cuts[piece + 1]);
            std::copy (heard.begin(), heard.end(), sound.begin() + cuts[piece]);
        }
        return sound;
    }

    /** The middle three times. */
    std::vector<float> hearLooped()
    {
        const auto from = length / 3 + 5, to = length * 2 / 3;
        auto sound = play (0, to);
        const std::vector<float> middle (sound.begin() + from, sound.end());
        for (int round = 0; round < 2; ++round)
            if (play (from, to) != middle)
                return {};
        const auto rest = play (to, length);
        sound.insert (sound.end(), rest.begin(), rest.end());
        return sound;
    }

    Choice choice;
    FakeProcess engine;
    PluginEnvironment environment;
    HostedPlugin plugin;
    std::int64_t length;
    std::minstd_rand dice { 3 };
};

/** Checks those of a format; all of a rate have one hash. */
void checkAll (const std::vector<Choice>& choices, std::size_t format)
{
    std::map<std::size_t, std::set<std::string>> hashes; // by rate
    for (const auto& choice : choices)
        if (choice[0] == format)
        {
            Session session (choice);
            CAPTURE (session.text());
            const auto hash = session.hash();
            CHECK (hash == contentHash (session.expected()));
            hashes[choice[1]].insert (hash);
        }
    CHECK (hashes.size() == rates.size());
    for (const auto& [rate, each] : hashes)
        CHECK (each.size() == 1);
}
} // namespace

TEST_CASE ("The ways to bounce that are tried have each pair of values", "[plugin][host][matrix]")
{
    std::set<Pair> all, tried;
    for (const auto& choice : allChoices())
        for (const auto& pair : pairsOf (choice))
            all.insert (pair);
    const auto chosen = pairwise();
    for (const auto& choice : chosen)
        for (const auto& pair : pairsOf (choice))
            tried.insert (pair);
    CHECK (tried == all);
    CHECK (allChoices().size() == 648);
    CHECK (chosen.size() < 50);
}

TEST_CASE ("A VST3's bounce has one hash for each rate, in each pair of ways", "[plugin][host][matrix]")
{
    checkAll (pairwise(), 0);
}

TEST_CASE ("An LV2's bounce has one hash for each rate, in each pair of ways", "[plugin][host][matrix]")
{
    checkAll (pairwise(), 1);
}

TEST_CASE ("A VST3's bounce has one hash for each rate, in every way", "[.slow][plugin][host][matrix]")
{
    checkAll (allChoices(), 0);
}

TEST_CASE ("An LV2's bounce has one hash for each rate, in every way", "[.slow][plugin][host][matrix]")
{
    checkAll (allChoices(), 1);
}
