// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Speaking.h"

#include <optional>

#include "Command/Render/PassageBatch.h"

namespace tableread::engine
{
namespace
{
SpokenVoices::key_type keyOf (const VoiceReference& voice)
{
    return { voice.name, voice.path.string() };
}

std::vector<PassageJob> jobsFor (Renderer& renderer, const SpeakingRequest& request)
{
    std::map<SpokenVoices::key_type, std::shared_ptr<EncodedVoice>> encoded;
    for (const auto& [key, voice] : request.voices)
        encoded.emplace (key, renderer.makeVoice (voice.audio));
    std::vector<PassageJob> jobs;
    jobs.reserve (request.takes.size());
    for (const auto& take : request.takes)
    {
        VoicedPassage passage { take.request.lines, {} };
        passage.voices.reserve (take.request.voices.size());
        for (const auto& voice : take.request.voices)
            passage.voices.push_back (encoded.at (keyOf (voice)));
        jobs.push_back ({ .passage = std::move (passage),
                          .settings = { .seed = take.request.seed,
                                        .guidanceScale = take.request.guidanceScale,
                                        .steps = take.request.steps } });
    }
    return jobs;
}
} // namespace

SpokenVoices readVoices (std::span<const WantedTake> takes, const VoiceShelf& shelf)
{
    SpokenVoices voices;
    for (const auto& take : takes)
        for (const auto& voice : take.request.voices)
            if (auto& spoken = voices[keyOf (voice)]; spoken.audio == nullptr)
            {
                auto fetched = orThrow (shelf.fetch (voice));
                spoken = { std::make_shared<const VoiceAudio> (std::move (fetched.audio)),
                           std::move (fetched.hash) };
            }
    return voices;
}

const SpokenVoice& voiceOf (const SpokenVoices& voices, const VoiceReference& voice)
{
    return voices.at (keyOf (voice));
}

void speakTakes (Renderer& renderer, const SpeakingRequest& request, const SpeakingEvents& events)
{
    std::optional<std::size_t> current;
    std::vector<float> samples; // of it
    PassageBatch batch (renderer, request.seats,
                        { .begin =
                              [&] (std::size_t take) {
                                  current = take;
                                  samples.clear();
                              },
                          .frame =
                              [&] (std::span<const float> frames) {
                                  samples.insert (samples.end(), frames.begin(), frames.end());
                                  events.heard (frames.size());
                              },
                          .end =
                              [&] (std::size_t take, const RenderReport& report) {
                                  current.reset();
                                  events.ended (take, report.finish, samples);
                              },
                          .isCancelled = events.isCancelled });
    try
    {
        batch.speak (jobsFor (renderer, request));
    }
    catch (const Exception& exception)
    {
        if (! current)
            throw;
        events.failed (*current, exception.error);
        throw Exception ({ exception.error.code, exception.error.message, request.takes[*current].title });
    }
}
} // namespace tableread::engine
