// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "Core/Error.h"
#include "EngineLink/Protocol.h"
#include "Project/Document.h"
#include "Render/Renderer.h"
#include "Server/Voices/Shelf.h"

namespace tableread::engine
{
/** A passage of a project whose take is missing. */
struct WantedTake
{
    project::LineId line;
    std::string name, title; // of the request (Project/Requests.h), and for people
    protocol::SpeechRequest request;
    std::string lostAudio; // hash of a take that is known but not in the store; empty: there is none
};

struct SpokenVoice
{
    std::shared_ptr<const VoiceAudio> audio;
    std::string hash; // of the audio
};

/** What the passages are spoken with, by the voice's name and path. */
using SpokenVoices = std::map<std::pair<std::string, std::string>, SpokenVoice>;

/** Reads each voice once. @throws Exception. */
SpokenVoices readVoices (std::span<const WantedTake> takes, const VoiceShelf& shelf);

/** One that was read. */
const SpokenVoice& voiceOf (const SpokenVoices& voices, const VoiceReference& voice);

struct SpeakingRequest
{
    std::span<const WantedTake> takes;
    const SpokenVoices& voices;
    int seats = 1; // passages at once
};

/** Called in the order of the takes, on the caller's thread. */
struct SpeakingEvents
{
    std::function<void (std::size_t samples)> heard;
    std::function<void (std::size_t take, FinishReason finish, std::span<const float> samples)> ended;
    std::function<void (std::size_t take, const Error& error)> failed; // nothing follows
    std::function<bool()> isCancelled;                                 // asked before each step
};

/** Speaks takes. @throws Exception what one of them failed with, with its title. */
void speakTakes (Renderer& renderer, const SpeakingRequest& request, const SpeakingEvents& events);
} // namespace tableread::engine
