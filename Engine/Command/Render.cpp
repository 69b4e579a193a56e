// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "Command/NumberOptions.h"
#include "Command/Project/Render.h"
#include "Command/Render/Preparation.h"
#include "Command/Render/ScriptRender.h"
#include "Command/Subcommands.h"
#include "Project/File/Place.h"
#include "Timeline/Gaps.h"

namespace tableread::engine
{
namespace
{
void addOptions (CLI::App& command, RenderOptions& options)
{
    command
        .add_option ("SCRIPT", options.script,
                     "Text file of lines \"NAME: text\", or a project; - reads standard input")
        ->required();
    command
        .add_option ("--voice", options.voices,
                     "A speaker's voice: a recording, or a voice of the model; repeatable")
        ->type_name ("NAME=FILE")
        ->allow_extra_args (false);
    command
        .add_option ("--voice-seconds", options.voiceSeconds,
                     "Use only the beginning of longer recordings; 0: as much as fits the model")
        ->check (numberBetween (0, 600))
        ->capture_default_str();
    command
        .add_option ("-o,--output", options.out,
                     "Sound file with everything: .wav, .flac, .ogg, .opus or .mp3")
        ->type_name ("FILE");
    command.add_option ("--stems", options.stems, "Folder for one WAV file a passage, 001_Anna.wav …")
        ->type_name ("DIR");
    command.add_flag ("--stdout", options.raw,
                      "Write raw samples (mono, 24 kHz, little-endian) as they are rendered");
    command
        .add_option ("--format", options.format, "Sample format: s16, or f32 exactly as the model gives them")
        ->check (CLI::IsMember ({ "s16", "f32" }))
        ->capture_default_str();
    command.add_option ("--passage", options.passage, "What one pass speaks: a line, or a whole scene")
        ->check (CLI::IsMember ({ "line", "scene" }))
        ->capture_default_str();
    command
        .add_option (
            "--gap", options.gaps,
            "Silence in ms between passages without a pause of the script: between lines, where the speaker "
            "changes, and before a scene; the largest that applies")
        ->check ([] (const std::string& text) {
            const auto gaps = readGaps (text);
            return gaps ? std::string() : gaps.error().message;
        })
        ->type_name ("line=MS,speaker=MS,scene=MS");
    addSeedOption (command, options.seed, true);
    addGuidanceOption (command, options.settings);
    command.add_option ("--steps", options.settings.steps, "Diffusion steps per frame")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command
        .add_option ("--max-seconds", options.settings.maxSeconds,
                     "Longest speech of a passage; 0: until the model ends it")
        ->check (numberBetween (0, 1e6))
        ->capture_default_str();
    command
        .add_option ("--rng", options.rng, "Noise: philox, or torch to compare with other implementations")
        ->check (CLI::IsMember ({ "philox", "torch" }))
        ->capture_default_str();
    options.reading.addTo (command);
    options.model.addTo (command);
    options.offload.addTo (command);
    options.settingsFile.addTo (command);
    command.add_flag ("--json", options.json, "Print a JSON report on standard output");
    command.add_flag ("-q,--quiet", options.quiet, "No progress, notes or summary; errors only");
}

/** The options that were given and that a project decides itself. */
std::vector<std::string> givenOfScript (const CLI::App& command)
{
    std::vector<std::string> given;
    for (const char* option :
         { "--voice", "--voice-seconds", "--stems", "--stdout", "--passage", "--gap", "--seed", "--cfg",
           "--steps", "--max-seconds", "--rng", "--check", "--as", "--speak-directions" })
        if (command.get_option (option)->count() > 0)
            given.emplace_back (option);
    return given;
}
} // namespace

void addRender (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<RenderOptions>();
    auto* command = app.add_subcommand ("render", "Speak a script to a file");
    addOptions (*command, *options);
    command->footer (R"(
Examples:
  tableread-engine render scene.txt --voice "Anna=anna.wav" --voice "Ben=ben.flac" -o scene.wav
  tableread-engine render scene.txt --voice "Anna=clara" --passage scene --seed 7 -o scene.wav --json
  tableread-engine render scene.txt --check
  tableread-engine render scene.txt --stems takes/ -o scene.wav
  echo "Anna: Hello." | tableread-engine render - --stdout | aplay -f S16_LE -r 24000
  tableread-engine render scene.tableread -o scene.wav

A speaker without --voice is heard with the model's voice of the same name; without any --voice the model's voices are
given out in order. What is not complete never takes a complete file's name: after Ctrl-C, an error or a line that was
cut, what is rendered is kept as scene.partial.wav. Of a project only the takes that are missing are rendered, into the take
store.)" + std::string (exitCodes));
    command->callback ([options, command, &session] {
        options->ofScript = givenOfScript (*command);
        session.needsTorch = true;
        session.action = [options, &session] {
            if (project::isProject (options->script))
                return renderProject (*options, session);
            options->settings.noise = options->rng == "torch" ? NoiseKind::Torch : NoiseKind::Philox;
            options->settings.seed = seedOf (options->seed);
            return options->reading.check ? checkScript (*options, session)
                                          : renderScript (*options, session);
        };
    });
}
} // namespace tableread::engine
