// SPDX-License-Identifier: Apache-2.0
#include "Command/MeasureOptions.h"

#include <cerrno>
#include <fstream>

#include <CLI/CLI.hpp>

#include "Command/NumberOptions.h"
#include "Command/Render/OutputChecks.h"
#include "Script/Text.h"

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

/** The text, repeated or cut to this many characters. */
std::string fitted (const std::string& text, std::size_t characters)
{
    const auto once = decodeUtf8 (text);
    if (! once)
        fail (ErrorCode::InvalidInput, "the text is not UTF-8.");
    auto all = *once;
    while (all.size() < characters)
        all += U' ' + *once;
    return encodeUtf8 (all.substr (0, characters));
}

[[noreturn]] void cannotWrite (const std::filesystem::path& file, ErrorCode code)
{
    fail (code, "cannot be written. Choose another place.", file.string());
}
} // namespace

void MeasureOptions::addTo (CLI::App& command)
{
    model.addTo (command);
    command.add_flag (
        "--random-weights", model.randomWeights,
        "Use random weights of the shapes in config.json; no other file of the model is needed");
    offload.addTo (command);
    command.add_option ("--text", text, "Text to speak")->capture_default_str();
    command
        .add_option ("--characters", characters,
                     "Repeat or cut the text to this length; 0: leave it as it is")
        ->check (CLI::Range (0, 1'000'000));
    command.add_option ("--voice", voice,
                        "Who speaks: a voice of the model or a recording [the model's first voice]");
    command
        .add_option ("--voice-seconds", voiceSeconds,
                     "Repeat or cut the voice to this length; 0: leave it as it is")
        ->check (numberBetween (0, 600));
    addSeedOption (command, seed, false);
    addGuidanceOption (command, settings);
    command.add_option ("--steps", settings.steps, "Diffusion steps per frame")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
}

std::pair<LoadOptions, MeasuredSpeech> MeasureOptions::prepare (const Session& session) const
{
    auto load = model.resolve (session);
    offload.applyTo (load);
    const auto shelf = shelfOf (load.tokenizer.empty() ? load.model : load.tokenizer,
                                { .process = { .program = session.recordingReader } });
    auto audio = chooseVoice (voice, shelf).audio;
    if (voiceSeconds > 0)
    {
        const auto once = audio.samples;
        audio.samples.resize ((std::size_t) (voiceSeconds * 24'000.0));
        for (std::size_t i = 0; i < audio.samples.size(); ++i)
            audio.samples[i] = once[i % once.size()];
    }
    MeasuredSpeech speech { .voice = std::move (audio),
                            .text = characters > 0 ? fitted (text, characters) : text,
                            .settings = settings };
    speech.settings.seed = seedOf (seed);
    return { std::move (load), std::move (speech) };
}

void MeasureOptions::checkOutputs (const LoadOptions& load,
                                   std::initializer_list<std::filesystem::path> files) const
{
    auto inputs = inputsOf ({}, {}, load);
    inputs.push_back ({ voice, "the voice" });
    for (const auto& file : files)
    {
        if (file.empty())
            continue;
        refuseInputs (file, inputs);
        std::error_code none;
        if (! std::filesystem::is_directory (std::filesystem::absolute (file).parent_path(), none) ||
            std::filesystem::is_directory (file, none))
            cannotWrite (file, ErrorCode::InvalidInput);
    }
}

std::string sentencesOn (const ModelInfo& model, const OffloadOptions& offload)
{
    std::string text;
    for (const auto& note : model.notes)
        text += note + '\n';
    return text + offload.effective (model);
}

void writeFile (const std::filesystem::path& path, const std::string& text)
{
    if (path.empty())
        return;
    std::ofstream file (path, std::ios::binary);
    if (! (file << text).flush())
        cannotWrite (path, codeOfSystemError (errno));
}
} // namespace tableread::engine
