// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>

#include "Support/Failure.h"
#include "Support/TemporaryFolder.h"
#include "Take/Store/TakeStore.h"

namespace tableread::test
{
inline TakeRequest takeRequest (std::uint64_t seed)
{
    return { .lines = { { 0, "Good morning." }, { 1, "Guten Morgen, \"Änne\"." } },
             .voices = { std::string (32, 'a'), std::string() },
             .seed = seed,
             .fingerprint = "cpu-fp32-k1-t88cb923c-" + std::string (32, '7') };
}

/** Samples as an engine computes them, which FLAC cannot hold; other ones for each seed. */
inline std::vector<float> takeSamples (std::uint64_t seed, std::size_t count = 3200)
{
    std::vector<float> samples (count);
    for (std::size_t i = 0; i < count; ++i)
        samples[i] = 0.7f * std::sin (static_cast<float> (i + 1) * 0.01f + static_cast<float> (seed));
    return samples;
}

/** Samples of 24 bits, which it can. */
inline std::vector<float> takeSteps (std::uint64_t seed, std::size_t count = 3200)
{
    auto samples = takeSamples (seed, count);
    for (auto& sample : samples)
        sample = std::floor (sample * 8'388'608.0f) / 8'388'608.0f + 0.0f; // + 0: no negative zero
    return samples;
}

/** Whether two have the same bits: a NaN, too, and the sign of a zero. */
inline bool sameBits (const std::vector<float>& a, const std::vector<float>& b)
{
    return a.size() == b.size() &&
           (a.empty() || std::memcmp (a.data(), b.data(), a.size() * sizeof (float)) == 0);
}

/** Makes a file look as if it was last written so many hours ago. */
inline void makeOld (const std::filesystem::path& file, int hours)
{
    constexpr int secondsOfHour = 3600;
    const timespec time { ::time (nullptr) - std::time_t { secondsOfHour } * hours, 0 };
    const timespec times[2] { time, time };
    REQUIRE (::utimensat (AT_FDCWD, file.c_str(), times, 0) == 0);
}

/** A store in a new folder. */
struct StoreFixture
{
    std::filesystem::path recordOf (const std::string& key) const
    {
        return options.folder / "takes" / key.substr (0, 2) / (key + ".json");
    }

    std::filesystem::path audioOf (const TakeRecord& record) const
    {
        return options.folder / "audio" / record.audio.hash.substr (0, 2) /
               (record.audio.hash + (record.audio.form == AudioForm::Flac ? ".flac" : ".wav"));
    }

    /** All files in the store, relative to its folder, sorted. */
    std::vector<std::string> files() const
    {
        std::vector<std::string> found;
        if (std::filesystem::exists (options.folder))
            for (const auto& entry : std::filesystem::recursive_directory_iterator (options.folder))
                if (! entry.is_directory())
                    found.push_back (std::filesystem::relative (entry.path(), options.folder).string());
        std::sort (found.begin(), found.end());
        return found;
    }

    /** Puts a take. @returns its key */
    std::string put (std::uint64_t seed, std::size_t samples = 3200) const
    {
        const auto put = store.put (takeRequest (seed), Take::Ending::Whole, takeSamples (seed, samples));
        INFO ((put ? std::string() : put.error().text()));
        REQUIRE (put);
        return takeRequest (seed).key();
    }

    TemporaryFolder temporary;
    TakeStoreOptions options { .folder = temporary.path() / "data" / "takes" };
    TakeStore store { options };
};
} // namespace tableread::test
