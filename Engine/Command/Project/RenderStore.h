// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "Core/ContentHash.h"
#include "Project/File/EmbeddedStore.h"

namespace tableread::engine
{
/** The takes of a project that is being rendered: of the store, of the project itself, and in memory what the store does not take,
    so that it is heard all the same.

    Threads   one. */
class RenderStore : public project::EmbeddedStore
{
public:
    using EmbeddedStore::EmbeddedStore;

    bool has (const SamplesName& name) override
    {
        return held.contains (name.hash) || EmbeddedStore::has (name);
    }

    [[nodiscard]] Result<std::vector<float>> load (const SamplesName& name) override
    {
        const auto found = held.find (name.hash);
        return found != held.end() ? found->second : EmbeddedStore::load (name);
    }

    /** @returns why the samples are in memory alone */
    [[nodiscard]] Result<void> keep (std::span<const float> samples) override
    {
        auto kept = EmbeddedStore::keep (samples);
        if (! kept)
            held[contentHash (samples)].assign (samples.begin(), samples.end());
        return kept;
    }

private:
    std::map<std::string, std::vector<float>> held; // by hash
};
} // namespace tableread::engine
