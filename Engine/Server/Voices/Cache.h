// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "Render/Renderer.h"
#include "Server/Voices/Shelf.h"

namespace tableread::engine
{
/** The voices that a model has encoded, or is encoding, by the hash of their audio; the most recently used are kept.
    Threads: the render thread. */
class VoiceCache
{
public:
    explicit VoiceCache (std::size_t mostVoices) : most (mostVoices) {}

    std::shared_ptr<EncodedVoice> get (Renderer& renderer, const std::shared_ptr<const ShelfVoice>& voice);

    /** Drops the voices that nobody encodes any more: they would hold their recordings. */
    void dropUnfinished();

private:
    std::size_t most;
    std::list<std::pair<std::string, std::shared_ptr<EncodedVoice>>> voices; // the most recently used first
};
} // namespace tableread::engine
