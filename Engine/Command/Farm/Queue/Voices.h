// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>

#include "Command/Project/Speaking.h"
#include "Farm/Messages.h"
#include "Take/SampleStore.h"

namespace tableread::engine
{
/** The voices of a queue's lines: the model's, and recordings by their paths, which every machine sees; those that lie in the
    store are found in this machine's, wherever it is.

    Threads   one */
class QueueVoices
{
public:
    /** @param takes  which must outlive this object */
    QueueVoices (VoiceShelf readFrom, SampleStore& takes) : shelf (std::move (readFrom)), store (takes) {}

    /** @throws Exception if one cannot be read, or is another one than where the line was submitted */
    SpokenVoices of (const LineMessage& line);

private:
    VoiceReference placeOf (const VoiceReference& voice) const;

    VoiceShelf shelf;
    SampleStore& store;
    std::map<std::string, SpokenVoice> known; // by hash
};
} // namespace tableread::engine
