// SPDX-License-Identifier: Apache-2.0
#include "Voice/Cleanup.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "Core/Units.h"
#include "Voice/Loudness.h"
#include "Voice/Sentences.h"

namespace tableread
{
namespace
{
double meanOf (std::span<const float> samples)
{
    return std::accumulate (samples.begin(), samples.end(), 0.0) /
           (double) std::max<std::size_t> (1, samples.size());
}

/** Root mean square about the mean, so that an offset is not taken for sound. */
double levelOf (std::span<const float> samples)
{
    const double mean = meanOf (samples);
    double sum = 0;
    for (const float sample : samples)
        sum += (sample - mean) * (sample - mean);
    return std::sqrt (sum / (double) std::max<std::size_t> (1, samples.size()));
}

/** The level of each whole window of this many samples. */
std::vector<double> levelsOf (std::span<const float> samples, std::size_t window)
{
    std::vector<double> levels;
    for (std::size_t at = 0; at + window <= samples.size(); at += window)
        levels.push_back (levelOf (samples.subspan (at, window)));
    return levels;
}

/** Where the sound begins and ends, to a window; all of it if nothing stands out. */
std::pair<std::size_t, std::size_t> soundIn (std::span<const float> samples)
{
    constexpr std::size_t window = modelSampleRateHz / 100;
    constexpr double silent = 1e-3, below = 0.0316; // -60 dB of full scale, and 30 dB below the recording
    const auto levels = levelsOf (samples, window);
    const double limit = std::min (silent, levelOf (samples) * below);
    const auto isSound = [limit] (double level) { return level > limit; };
    const auto first = std::find_if (levels.begin(), levels.end(), isSound);
    const auto last = std::find_if (levels.rbegin(), levels.rend(), isSound);
    if (first == levels.end())
        return { 0, samples.size() };
    return { (std::size_t) (first - levels.begin()) * window,
             last == levels.rbegin() ? samples.size() : (std::size_t) (levels.rend() - last) * window };
}

/** How much of a signal's energy cannot be predicted from the eight samples before: 0 for tones and hum, about 0.01 for
    speech, near 1 for hiss. Levinson and Durbin's recursion. */
double unpredictable (std::span<const float> samples)
{
    constexpr std::size_t order = 8;
    std::array<double, order + 1> correlation {};
    const double mean = meanOf (samples);
    for (std::size_t lag = 0; lag <= order; ++lag)
        for (std::size_t i = lag; i < samples.size(); ++i)
            correlation[lag] += (samples[i] - mean) * (samples[i - lag] - mean);
    if (! (correlation[0] > 0))
        return 0;

    std::array<double, order + 1> filter { 1.0 };
    double left = correlation[0];
    for (std::size_t i = 1; i <= order && left > 0; ++i)
    {
        double sum = 0;
        for (std::size_t k = 0; k < i; ++k)
            sum += filter[k] * correlation[i - k];
        const double reflection = -sum / left;
        auto next = filter;
        for (std::size_t k = 1; k <= i; ++k)
            next[k] = filter[k] + reflection * filter[i - k];
        filter = next;
        left *= 1 - reflection * reflection;
    }
    return std::max (0.0, left / correlation[0]);
}
} // namespace

std::vector<std::string> cleanUp (std::vector<float>& samples)
{
    constexpr std::size_t kept = modelSampleRateHz;
    constexpr double leastOffset = 0.01;
    std::vector<std::string> notes;

    const auto [begin, end] = soundIn (samples);
    const auto before = begin > kept ? begin - kept : 0;
    const auto after = samples.size() - end > kept ? samples.size() - end - kept : 0;
    if (before + after > 0)
    {
        samples.erase (samples.end() - (std::ptrdiff_t) after, samples.end());
        samples.erase (samples.begin(), samples.begin() + (std::ptrdiff_t) before);
        notes.push_back (
            formatted (" has long silence: %.3g s at the start", (double) before / modelSampleRateHz) +
            formatted (" and %.3g s at the end are left out.", (double) after / modelSampleRateHz));
    }
    if (const double offset = meanOf (samples); std::abs (offset) > leastOffset)
    {
        for (float& sample : samples)
            sample = (float) (sample - offset);
        notes.push_back (formatted (" has an offset (DC) of %.2g, which is filtered out.", offset));
    }
    return notes;
}

std::vector<std::string> describeFaults (std::span<const float> samples)
{
    constexpr std::size_t window = modelSampleRateHz / 20;
    constexpr double quietDbFs = -60.0, cleanRatio = 0.1, hiss = 0.1;
    std::vector<std::string> notes;
    if (const double level = loudnessDbFs (samples); level < quietDbFs)
        notes.push_back (
            formatted (" is very quiet (%.0f dB of full scale); it is made louder, and its noise with it. "
                       "Record it at a higher level.",
                       level));

    // The pauses of clean speech are far below its loud parts. Less than three seconds may have no pause.
    const auto levels = levelsOf (samples, window);
    if (levels.size() < 60)
        return notes;
    std::vector<std::size_t> order (levels.size());
    std::iota (order.begin(), order.end(), std::size_t { 0 });
    std::sort (order.begin(), order.end(), [&] (auto a, auto b) { return levels[a] < levels[b]; });
    const auto tenth = order.size() / 10;
    const double floor = levels[order[tenth]], loud = levels[order[order.size() - 1 - tenth]];
    std::vector<double> shares;
    for (std::size_t i = 0; i <= tenth; ++i)
        shares.push_back (unpredictable (samples.subspan (order[i] * window, window)));
    std::nth_element (shares.begin(), shares.begin() + (std::ptrdiff_t) shares.size() / 2, shares.end());
    if (floor > loud * cleanRatio && shares[shares.size() / 2] > hiss)
        notes.push_back (
            formatted (" is noisy (its pauses are only %.0f dB below its speech), which the voice will sound "
                       "like. Record it in a quieter place.",
                       20 * std::log10 (loud / floor)));
    return notes;
}
} // namespace tableread
