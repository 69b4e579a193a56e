// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "Project/File/Format.h"
#include "Take/SampleStore.h"

namespace tableread::project
{
/** A store, and behind it the audio that an open project holds itself (Collect.h): what the store does not have, since it is
    read-only, full or not there, comes from the project.

    Threads   any; as the store. */
class EmbeddedStore : public SampleStore
{
public:
    /** @param first  never null */
    explicit EmbeddedStore (std::shared_ptr<SampleStore> first,
                            std::shared_ptr<const EmbeddedAudio> embedded = {});

    /** Of another project; null: it has none. */
    void setAudio (std::shared_ptr<const EmbeddedAudio> embedded);

    bool has (const SamplesName& name) override;
    [[nodiscard]] Result<std::vector<float>> load (const SamplesName& name) override;
    [[nodiscard]] Result<void> keep (std::span<const float> samples) override
    {
        return store->keep (samples);
    }
    [[nodiscard]] Result<std::string> file (const SamplesName& name) override;
    std::filesystem::path fileWith (const std::string& hash) override { return store->fileWith (hash); }
    [[nodiscard]] Result<void> keepFile (const SamplesName& name, const std::string& bytes) override
    {
        return store->keepFile (name, bytes);
    }
    [[nodiscard]] Result<std::vector<float>> decode (const SamplesName& name,
                                                     const std::string& bytes) override
    {
        return store->decode (name, bytes);
    }

private:
    std::string embeddedFile (const std::string& hash) const;

    const std::shared_ptr<SampleStore> store;
    mutable std::mutex mutex; // guards the rest
    std::shared_ptr<const EmbeddedAudio> audio;
};
} // namespace tableread::project
