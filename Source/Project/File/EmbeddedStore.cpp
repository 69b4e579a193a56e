// SPDX-License-Identifier: Apache-2.0
#include "Project/File/EmbeddedStore.h"

#include <utility>

#include "Project/File/Collect.h"

namespace tableread::project
{
EmbeddedStore::EmbeddedStore (std::shared_ptr<SampleStore> first,
                              std::shared_ptr<const EmbeddedAudio> embedded)
    : store (std::move (first))
    , audio (std::move (embedded))
{}

void EmbeddedStore::setAudio (std::shared_ptr<const EmbeddedAudio> embedded)
{
    const std::lock_guard lock (mutex);
    audio = std::move (embedded);
}

/** Empty: there is none. */
std::string EmbeddedStore::embeddedFile (const std::string& hash) const
{
    std::shared_ptr<const EmbeddedAudio> all;
    {
        const std::lock_guard lock (mutex);
        all = audio;
    }
    if (all == nullptr)
        return {};
    const auto entry = all->find (hash);
    return entry != all->end() ? bytesOf (*entry->second) : std::string();
}

bool EmbeddedStore::has (const SamplesName& name)
{
    return store->has (name) || store->decode (name, embeddedFile (name.hash));
}

Result<std::vector<float>> EmbeddedStore::load (const SamplesName& name)
{
    auto loaded = store->load (name);
    if (loaded)
        return loaded;
    auto decoded = store->decode (name, embeddedFile (name.hash));
    return decoded ? decoded : loaded;
}

Result<std::string> EmbeddedStore::file (const SamplesName& name)
{
    auto kept = store->file (name);
    if (kept)
        return kept;
    auto embedded = embeddedFile (name.hash);
    return store->decode (name, embedded) ? Result<std::string> (std::move (embedded)) : kept;
}
} // namespace tableread::project
