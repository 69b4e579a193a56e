// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Core/ContentHash.h"
#include "Take/SampleStore.h"

namespace tableread::test
{
/** Takes' samples in memory. Its files begin like a FLAC's; the samples follow as they are. */
class MemoryStore : public SampleStore
{
public:
    using Samples = std::vector<float>;

    bool has (const SamplesName& name) override { return audio.contains (name.hash); }

    Result<Samples> load (const SamplesName& name) override
    {
        const auto found = audio.find (name.hash);
        if (found == audio.end())
            return tl::unexpected (Error { ErrorCode::NotFound, "there is no such take", {} });
        return found->second;
    }

    Result<void> keep (std::span<const float> samples) override
    {
        if (problem)
            return tl::unexpected (*problem);
        audio[contentHash (samples)].assign (samples.begin(), samples.end());
        return {};
    }

    Result<std::string> file (const SamplesName& name) override
    {
        return load (name).map ([] (const Samples& samples) {
            return "fLaC" + std::string (reinterpret_cast<const char*> (samples.data()),
                                         samples.size() * sizeof (float));
        });
    }

    Result<void> keepFile (const SamplesName& name, const std::string& bytes) override
    {
        if (problem)
            return tl::unexpected (*problem);
        return decode (name, bytes).map ([&] (const Samples& samples) { audio[name.hash] = samples; });
    }

    Result<Samples> decode (const SamplesName& name, const std::string& bytes) override
    {
        Samples samples (bytes.size() / sizeof (float));
        if (! samples.empty())
            std::memcpy (samples.data(), bytes.data(), samples.size() * sizeof (float));
        if (! bytes.starts_with ("fLaC") || contentHash (std::span (samples).subspan (1)) != name.hash)
            return tl::unexpected (Error { ErrorCode::InvalidInput, "is damaged", {} });
        samples.erase (samples.begin());
        return samples;
    }

    std::map<std::string, Samples> audio; // by hash
    std::optional<Error> problem;         // of everything that writes
};
} // namespace tableread::test
