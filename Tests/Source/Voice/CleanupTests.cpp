// SPDX-License-Identifier: Apache-2.0
#include "Voice/Cleanup.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <catch2/catch.hpp>

#include "Support/SoundFiles.h"
#include "Voice/Loudness.h"
#include "Voice/Recording.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
std::vector<float> bundled (const std::string& name)
{
    return readRecording (TABLEREAD_ROOT "/Assets/models/mini/voices/" + name + ".flac").value().samples;
}

/** Steady noise at this level below `like`. */
std::vector<float> noise (std::size_t count, double below, const std::vector<float>& like)
{
    const double level = std::pow (10.0, (loudnessDbFs (like) - below) / 20);
    std::mt19937 generator (7);
    std::normal_distribution<float> normal (0.0f, (float) level);
    std::vector<float> samples (count);
    std::generate (samples.begin(), samples.end(), [&] { return normal (generator); });
    return samples;
}

std::vector<float> sum (std::vector<float> a, const std::vector<float>& b)
{
    std::transform (a.begin(), a.end(), b.begin(), a.begin(), std::plus<>());
    return a;
}
} // namespace

TEST_CASE ("Good recordings are not touched and get no notes", "[source][voice]")
{
    auto samples = bundled (GENERATE ("anna", "ben", "clara", "david"));
    auto some = samples;
    SECTION ("as they are")
    {}
    SECTION ("with almost a second of silence at both ends")
    {
        some.insert (some.begin(), 20'000, 0.0f);
        some.insert (some.end(), 20'000, 0.0f);
    }
    SECTION ("with a small offset")
    {
        for (auto& sample : some)
            sample += 0.009f;
    }
    SECTION ("with steady noise far below the voice")
    {
        some = sum (some, noise (some.size(), 30, samples));
    }
    SECTION ("2.5 s of it, without a pause")
    {
        some.resize (60'000);
    }
    auto cleaned = some;
    CHECK (cleanUp (cleaned).empty());
    CHECK (cleaned == some);
    CHECK (describeFaults (cleaned).empty());
}

TEST_CASE ("Silence above a second at the ends is trimmed to one", "[source][voice]")
{
    const auto sound = sine (440.0, 4.0).samples;
    auto samples = sound;
    const bool isNoisy = GENERATE (false, true);
    const auto pad = [&] (std::size_t count) {
        return isNoisy ? noise (count, 60, sound) : std::vector<float> (count, 0.0f);
    };
    const auto front = pad (72'000), back = pad (60'000);
    samples.insert (samples.begin(), front.begin(), front.end());
    samples.insert (samples.end(), back.begin(), back.end());

    CHECK (cleanUp (samples) ==
           std::vector<std::string> {
               " has long silence: 2 s at the start and 1.5 s at the end are left out." });
    REQUIRE (samples.size() == 144'000);
    CHECK (std::equal (sound.begin(), sound.end(), samples.begin() + 24'000));
}

TEST_CASE ("A quiet recording is not taken for silence", "[source][voice]")
{
    auto samples = sine (440.0, 4.0, 24'000, 1, 0.001).samples; // -63 dB
    const auto before = samples;
    CHECK (cleanUp (samples).empty());
    CHECK (samples == before);
    const auto notes = describeFaults (samples);
    REQUIRE (notes.size() == 1);
    CHECK (notes[0].starts_with (" is very quiet (-63 dB of full scale)"));
}

TEST_CASE ("An offset is filtered out, and silence is found in spite of it", "[source][voice]")
{
    const auto sound = bundled ("anna");
    const float offset = GENERATE (0.011f, -0.2f);
    auto samples = sound;
    samples.insert (samples.end(), 48'000, 0.0f);
    for (auto& sample : samples)
        sample += offset;
    const auto notes = cleanUp (samples);
    REQUIRE (notes.size() == 2);
    CHECK (notes[0].find ("at the end") != std::string::npos);
    CHECK (notes[1].starts_with (" has an offset (DC) of "));
    double mean = 0, worst = 0;
    for (const float sample : samples)
        mean += sample / (double) samples.size();
    for (std::size_t i = 0; i < sound.size(); ++i)
        worst = std::max (worst, (double) std::abs (samples[i] - sound[i]));
    CHECK (std::abs (mean) < 1e-6);
    CHECK (worst < 1e-3); // the voice's own mean
}

TEST_CASE ("Noise in the pauses gets a note", "[source][voice]")
{
    const auto voice = bundled (GENERATE ("anna", "ben", "clara", "david"));
    const auto notes = describeFaults (sum (voice, noise (voice.size(), 10, voice)));
    REQUIRE (notes.size() == 1);
    CHECK (notes[0].find (" is noisy (its pauses are only 1") == 0);
    CHECK (describeFaults (sine (440.0, 8.0).samples).empty()); // a tone is not
}
