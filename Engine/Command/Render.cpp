// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <iostream>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/Cast.h"
#include "Command/Interrupt.h"
#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"
#include "Command/Progress.h"
#include "Command/RenderPlan.h"
#include "Command/Report.h"
#include "Command/SpeechOutput.h"
#include "Command/Subcommands.h"

namespace tableread::engine
{
namespace
{
struct RenderOptions
{
    ModelOptions model;
    OffloadOptions offload;
    std::filesystem::path script, out, stems;
    std::vector<std::string> voices;
    RenderSettings settings;
    std::string passage = "line", format = "s16", rng = "philox";
    bool json = false, raw = false, quiet = false;
};

double millisecondsSince (std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begin).count();
}

Script scriptOf (const std::filesystem::path& file)
{
    if (file != "-")
        return orThrow (readScript (file));
    const std::string text (std::istreambuf_iterator<char> (std::cin), {});
    return orThrow (parseScript (text));
}

/** One run of the subcommand, step by step. */
class ScriptRender
{
public:
    ScriptRender (const RenderOptions& wanted, Session& given) : options (wanted), session (given) {}

    int run()
    {
        prepare();
        speak();
        return end();
    }

private:
    void note (const std::string& sentence)
    {
        report.notes.push_back (sentence);
        if (progress != nullptr)
            progress->note (sentence);
        else if (! options.quiet)
            session.err << sentence << '\n';
    }

    /** All that can be refused is refused here, before anything is written or loaded. */
    void prepare()
    {
        if (options.out.empty() && ! options.raw && options.stems.empty())
            fail (ErrorCode::InvalidInput,
                  "the speech has no place to go. Give -o FILE, --stems DIR or --stdout.");
        if (options.json && options.raw)
            fail (ErrorCode::InvalidInput,
                  "--json and --stdout both write to standard output. Choose one of them.");
        load = options.model.resolve (session);
        options.offload.applyTo (load);
        const auto script = scriptOf (options.script);
        for (const auto& scriptNote : script.notes)
            note (scriptNote.sentence());
        plan = planRender (script, options.passage == "scene" ? PassageMode::Scene : PassageMode::Line);
        const auto shelf = shelfOf (load.model, [this] (const std::string& sentence) { note (sentence); });
        auto cast = orThrow (castVoices (plan.speakers, options.voices, shelf));
        for (const auto& sentence : cast.notes)
            note (sentence);
        for (const auto& reference : cast.voices)
            voices.push_back (orThrow (shelf.fetch (reference)));
        output = orThrow (SpeechOutput::open (
            { .file = options.out,
              .raw = options.raw ? &session.out : nullptr,
              .stems = options.stems,
              .format = options.format == "f32" ? WavFormat::Float32 : WavFormat::Int16 }));
    }

    void speak()
    {
        auto begin = std::chrono::steady_clock::now();
        renderer = session.load (load);
        report.loadMs = millisecondsSince (begin);
        report.model = renderer->info();
        for (const auto& sentence : report.model.notes)
            note (sentence);
        if (! options.quiet)
            session.err << options.offload.effective (report.model);

        begin = std::chrono::steady_clock::now();
        for (const auto& voice : voices)
            if (! interrupt.came())
                encoded.push_back (renderer->encodeVoice (voice.audio));
        report.voicesMs = millisecondsSince (begin);

        std::vector<Progress::Passage> titles;
        for (const auto& part : plan.parts)
            titles.push_back ({ part.title, part.letters });
        if (! options.quiet)
            progress = std::make_unique<Progress> (
                session.err, titles,
                Progress::Options { .columns = session.terminalColumns,
                                    .secondsPerFrame = static_cast<double> (report.model.frameSamples) /
                                                       static_cast<double> (report.model.sampleRateHz) });
        begin = std::chrono::steady_clock::now();
        for (const auto& part : plan.parts)
            if (! interrupt.came())
                speakPart (part);
        if (! interrupt.came())
            output->silence (plan.endPause.value);
        report.renderMs = millisecondsSince (begin);
        progress.reset();
    }

    void speakPart (const RenderPlan::Part& part)
    {
        PassageReport passage;
        passage.title = part.title;
        passage.scene = part.scene;
        passage.lines = part.lineNumbers;
        Passage wanted { part.lines, {} };
        for (const auto speaker : part.speakers)
        {
            passage.speakers.push_back (plan.speakers[speaker]);
            wanted.voices.push_back (encoded[speaker]);
        }
        passage.pauseSamples = part.pause.value;
        output->silence (part.pause.value);
        passage.startSample = output->samples();
        output->beginPassage (stemName (report.passages.size() + 1, plan.parts.size(), passage.speakers));

        RenderEvents events;
        events.onFrame = [this] (std::span<const float> frame) {
            output->write (frame);
            if (progress != nullptr)
                progress->frame();
        };
        events.isCancelled = [this] { return interrupt.came() || output->failed(); };
        try
        {
            passage.render = renderer->render (wanted, options.settings, events);
        }
        catch (const Exception& exception)
        {
            if (! exception.error.where.empty())
                throw;
            throw Exception ({ exception.error.code, exception.error.message, part.title });
        }
        passage.samples = output->samples() - passage.startSample;
        if (auto written = output->endPassage(); ! written)
            throw Exception (written.error());
        if (progress != nullptr && passage.render.finish != FinishReason::Cancelled)
            progress->passageEnded();
        if (const auto warning = lengthWarning (passage, report.model); ! warning.empty())
            note (warning);
        report.passages.push_back (std::move (passage));
    }

    int end()
    {
        report.interrupted = interrupt.came();
        if (report.interrupted && report.speechSeconds() <= 0.0)
        {
            session.err << "Stopped before anything was rendered; nothing is written.\n";
            return interrupt.exitCode();
        }
        if (const auto clipped = output->clipped(); clipped > 0)
            note (std::to_string (clipped) +
                  " samples were louder than a 16-bit file can hold and are clipped. "
                  "--format f32 keeps them.");
        if (auto written = output->finish(); ! written)
            throw Exception (written.error());
        report.script = options.script.string();
        report.output = options.out.empty() ? options.stems.string() : options.out.string();
        report.settings = options.settings;
        report.dtype = options.model.dtype;
        if (! options.quiet)
            session.err << summary (report) << '\n';
        if (options.json)
            session.out << toJson (report).dump (2, ' ', false, nlohmann::json::error_handler_t::replace)
                        << '\n';
        return report.interrupted ? interrupt.exitCode() : exitOk;
    }

    const RenderOptions& options;
    Session& session;
    Interrupt interrupt;
    LoadOptions load;
    RenderPlan plan;
    std::vector<ShelfVoice> voices; // of plan.speakers
    std::unique_ptr<SpeechOutput> output;
    std::unique_ptr<Renderer> renderer;
    std::vector<EncodedVoice> encoded; // of plan.speakers; made by `renderer`
    std::unique_ptr<Progress> progress;
    ScriptReport report;
};

void addOptions (CLI::App& command, RenderOptions& options)
{
    command
        .add_option ("SCRIPT", options.script, "Text file of lines \"NAME: text\"; - reads standard input")
        ->required();
    command
        .add_option ("--voice", options.voices,
                     "A speaker's voice: a recording, or a voice of the model; repeatable")
        ->type_name ("NAME=FILE")
        ->allow_extra_args (false);
    command.add_option ("-o,--output", options.out, "WAV file with everything")->type_name ("FILE");
    command.add_option ("--stems", options.stems, "Folder for one WAV file a passage, 001_Anna.wav …")
        ->type_name ("DIR");
    command.add_flag ("--stdout", options.raw, "Raw samples, mono, 24 kHz, little-endian, as they come");
    command.add_option ("--format", options.format, "Samples: s16, or f32 just as the model gives them")
        ->check (CLI::IsMember ({ "s16", "f32" }))
        ->capture_default_str();
    command
        .add_option ("--passage", options.passage,
                     "What is spoken in one pass: each line by itself, or a scene")
        ->check (CLI::IsMember ({ "line", "scene" }))
        ->capture_default_str();
    command.add_option ("--seed", options.settings.seed, "The same seed gives the same samples")
        ->check (wholeNumber)
        ->capture_default_str();
    command
        .add_option ("--cfg", options.settings.guidanceScale, "Guidance scale; 1: none, and twice as fast")
        ->check (CLI::Range (0.0, 100.0))
        ->capture_default_str();
    command.add_option ("--steps", options.settings.steps, "Diffusion steps a frame")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command
        .add_option ("--max-seconds", options.settings.maxSeconds,
                     "The most speech of a passage; 0: as the model ends")
        ->check (CLI::Range (0.0, 1e6))
        ->capture_default_str();
    command
        .add_option ("--rng", options.rng, "Noise: philox, or torch to compare with other implementations")
        ->check (CLI::IsMember ({ "philox", "torch" }))
        ->capture_default_str();
    options.model.addTo (command);
    options.offload.addTo (command);
    command.add_flag ("--json", options.json, "Report on standard output, for programs");
    command.add_flag ("-q,--quiet", options.quiet, "No progress, notes or summary; errors only");
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
  tableread-engine render scene.txt --stems takes/ -o scene.wav
  echo "Anna: Hello." | tableread-engine render - --stdout | aplay -f S16_LE -r 24000

A speaker without --voice is heard with the model's voice of the same name; without any --voice the model's voices are
given out in order. Ctrl-C stops within a frame, keeps what is rendered and exits with 130.)");
    command->callback ([options, &session] {
        session.action = [options, &session] {
            options->settings.noise = options->rng == "torch" ? NoiseKind::Torch : NoiseKind::Philox;
            return ScriptRender (*options, session).run();
        };
    });
}
} // namespace tableread::engine
