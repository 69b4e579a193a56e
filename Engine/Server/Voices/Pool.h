// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "Server/MemoryBudget.h"
#include "Server/Voices/Shelf.h"

namespace tableread::engine
{
/** The recordings that jobs hold, each once, however many jobs have it. A file that has changed is read again.
    Threads: any. */
class VoicePool
{
public:
    /** bytes: of decoded recordings, of all jobs together. */
    explicit VoicePool (std::size_t bytes) : budget (bytes) {}

    /** @returns Busy if there is no room for it, else what VoiceShelf::read() returns. */
    [[nodiscard]] Result<std::shared_ptr<const ShelfVoice>>
    get (const VoiceShelf& shelf, const VoiceFile& wanted, const VoiceShelf::Limits& limits);

private:
    Result<std::shared_ptr<const ShelfVoice>> read (const VoiceShelf& shelf, const VoiceFile& wanted,
                                                    const VoiceShelf::Limits& limits, std::size_t fileBytes);

    MemoryBudget budget;
    std::mutex mutex;
    std::map<std::string, std::weak_ptr<const ShelfVoice>> held; // by file, time, size and name
};
} // namespace tableread::engine
