// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "EngineLink/Protocol.h"
#include "Render/Renderer.h"
#include "Server/MemoryBudget.h"

namespace tableread::engine
{
/** A prepared voice and the hash of its audio's content, which is the key of the cache of encoded voices. */
struct ShelfVoice
{
    VoiceAudio audio;
    std::string hash;
    std::vector<std::shared_ptr<MemoryBudget::Share>> memory {}; // that the audio takes of a budget
};

/** A recording, and the voice's name in errors about it. */
struct VoiceFile
{
    std::filesystem::path file;
    std::string name;
};

/** The voices of a model (folder `voices` of the checkpoint), by name, and any recording, by its path.

    Threads   const after construction: any thread. Recordings are read again each time, so that changes count.
*/
class VoiceShelf
{
public:
    /** How a recording is read. */
    struct Limits
    {
        double mostSeconds = 600;               // a longer one is refused, by its header if that tells
        std::function<bool()> isCancelled = {}; // asked on any thread; true: nobody wants it any more
    };

    /** Reads and prepares one recording (Source/Voice). */
    using Reader = std::function<Result<ShelfVoice> (const std::filesystem::path& file,
                                                     const std::string& name, const Limits& limits)>;

    /** The folders that recordings may come from, besides the model's own; empty optional: any. */
    using Folders = std::optional<std::vector<std::filesystem::path>>;

    VoiceShelf (const std::filesystem::path& modelFolder, Reader readWith, Folders allowed = {});

    /** Names of the model's own voices, sorted: the file names without their extensions. */
    std::vector<std::string> names() const;

    /** The file of one of the model's voices; ignores case (Passage/Names.h). Empty if there is none. */
    std::filesystem::path find (std::string_view name) const;

    /** Where a voice's recording is. @returns NotFound with the names of the available voices, InvalidInput if its folder
        is not allowed. */
    [[nodiscard]] Result<VoiceFile> locate (const VoiceReference& reference) const;

    /** Reads a recording that may lie anywhere. @returns the reader's error. */
    [[nodiscard]] Result<ShelfVoice> read (const VoiceFile& voice, const Limits& limits) const
    {
        return reader (voice.file, voice.name, limits);
    }

    /** Locates a voice and reads it. */
    [[nodiscard]] Result<ShelfVoice> fetch (const VoiceReference& reference, const Limits& limits) const;
    [[nodiscard]] Result<ShelfVoice> fetch (const VoiceReference& reference) const
    {
        return fetch (reference, Limits {});
    }

private:
    bool isAllowed (const std::filesystem::path& file) const;

    std::map<std::string, std::filesystem::path> files; // by folded name
    Reader reader;
    Folders folders;
};
} // namespace tableread::engine
