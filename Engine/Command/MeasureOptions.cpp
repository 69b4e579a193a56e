// SPDX-License-Identifier: Apache-2.0
#include "Command/MeasureOptions.h"

#include <fstream>

#include <CLI/CLI.hpp>

namespace tableread::engine
{
namespace
{
ShelfVoice chooseVoice (const std::string& asked, const VoiceShelf& shelf)
{
    if (! asked.empty() && shelf.find (asked).empty())
        return orThrow (shelf.fetch ({ {}, asked }));
    const auto names = shelf.names();
    if (asked.empty() && names.empty())
        fail (ErrorCode::InvalidInput,
              "this model has no voice of its own. Give a recording with --voice FILE.");
    return orThrow (shelf.fetch ({ asked.empty() ? names.front() : asked, {} }));
}
} // namespace

void MeasureOptions::addTo (CLI::App& command)
{
    model.addTo (command);
    command.add_flag ("--random-weights", model.randomWeights,
                      "Random weights in the shapes of the model's config.json, which is all that is needed");
    offload.addTo (command);
    command.add_option ("--text", text, "What is spoken")->capture_default_str();
    command.add_option ("--voice", voice, "By whom: a voice of the model or a recording [the model's first]");
    command
        .add_option ("--voice-seconds", voiceSeconds, "The voice repeated or cut to this length; 0: as it is")
        ->check (CLI::Range (0.0, 600.0));
    command.add_option ("--seed", settings.seed, "Seed")->check (wholeNumber)->capture_default_str();
    command.add_option ("--cfg", settings.guidanceScale, "Guidance scale")->capture_default_str();
    command.add_option ("--steps", settings.steps, "Diffusion steps a frame")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
}

std::pair<LoadOptions, MeasuredSpeech> MeasureOptions::prepare (const Session& session) const
{
    auto load = model.resolve (session);
    offload.applyTo (load);
    auto audio = chooseVoice (voice, shelfOf (load.tokenizer.empty() ? load.model : load.tokenizer)).audio;
    if (voiceSeconds > 0)
    {
        const auto once = audio.samples;
        audio.samples.resize ((std::size_t) (voiceSeconds * 24'000.0));
        for (std::size_t i = 0; i < audio.samples.size(); ++i)
            audio.samples[i] = once[i % once.size()];
    }
    return { std::move (load), { std::move (audio), text, settings } };
}

void writeFile (const std::filesystem::path& path, const std::string& text)
{
    if (path.empty())
        return;
    std::ofstream file (path, std::ios::binary);
    if (! (file << text).flush())
        fail (ErrorCode::Io, "cannot be written. Choose another place.", path.string());
}
} // namespace tableread::engine
