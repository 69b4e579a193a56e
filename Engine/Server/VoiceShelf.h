// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "EngineLink/Protocol.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** A prepared voice and the hash of its audio's content, which is the key of the cache of encoded voices. */
struct ShelfVoice
{
    VoiceAudio audio;
    std::string hash;
};

/** The voices that lie beside a model (folder `voices` of the checkpoint), by name, and any recording by its path.

    Threads   const after construction: any thread. Recordings are read anew each time, so that a changed file is heard.
*/
class VoiceShelf
{
public:
    /** Reads and prepares one recording (Source/Voice). */
    using Reader =
        std::function<Result<ShelfVoice> (const std::filesystem::path& file, const std::string& name)>;

    VoiceShelf (const std::filesystem::path& modelFolder, Reader reader);

    /** Names of the model's own voices, sorted: the file names without their ends. */
    std::vector<std::string> names() const;

    /** The file of a voice of the model, without case (Passage/Names.h). Empty if there is none. */
    std::filesystem::path find (std::string_view name) const;

    /** @returns NotFound naming the voices that there are, or what the reader refuses. */
    [[nodiscard]] Result<ShelfVoice> fetch (const VoiceReference& reference) const;

private:
    std::map<std::string, std::filesystem::path> files; // by folded name
    Reader read;
};
} // namespace tableread::engine
