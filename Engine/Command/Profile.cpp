// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <ostream>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/Commands.h"
#include "Command/Interrupt.h"
#include "Command/Machine.h"
#include "Command/MeasureOptions.h"
#include "Command/ProfileReport.h"
#include "Command/ProfileTrace.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t settlingFrames = 8; // graphs are recorded, clocks rise

struct ProfileOptions
{
    MeasureOptions measure;
    std::int64_t frames = 48;
    int batch = 1;
    bool json = false;
    std::filesystem::path trace;
};

/** Renders once; what is noted of the load and of the voice is thrown away. */
std::vector<ProfileSpan> spansOf (Renderer& renderer, const VoiceAudio& voice, const ProfileOptions& options)
{
    const Interrupt interrupt;
    const auto encoded = renderer.encodeVoice (voice);
    std::vector<Renderer::Job> jobs;
    for (int i = 0; i < options.batch; ++i)
    {
        auto settings = options.measure.settings;
        settings.seed += static_cast<std::uint64_t> (i);
        settings.exactFrames = options.frames + settlingFrames;
        jobs.push_back ({ { { { 0, options.measure.text } }, { encoded } }, settings, {} });
        jobs.back().events.isCancelled = [&interrupt] { return interrupt.came(); };
    }
    renderer.takeProfile();
    renderer.renderBatch (jobs);
    if (interrupt.came())
        fail (ErrorCode::Cancelled, "the profile was stopped; half of one says nothing.");
    return renderer.takeProfile();
}

int profile (const ProfileOptions& options, Session& session)
{
    auto [load, voice] = options.measure.prepare (session);
    load.profiling = Profiling::On;
    auto& room = load.offload.settings.passages;
    room = std::max (room, options.batch);
    const auto renderer = session.load (load);
    ProfileReport report { .machine = nameOf (renderer->deviceReport()),
                           .commit = commit(),
                           .dtype = load.compute == ComputeType::BFloat16 ? "bf16" : "fp32",
                           .model = renderer->info(),
                           .passages = options.batch,
                           .settlingFrames = settlingFrames,
                           .sums = {} };
    session.err << options.measure.offload.effective (report.model);
    if (load.offload.settings.weights != WeightsFormat::AsComputed)
        report.dtype += " with layers in " + std::string (nameOf (load.offload.settings.weights));

    const auto spans = spansOf (*renderer, voice, options);
    report.sums = sumsOf (spans, settlingFrames);
    if (report.sums.frames == 0)
        fail (ErrorCode::Internal, "the render noted no frame. Report this.");
    writeFile (options.trace, chromeTrace (spans, "tableread-engine, " + report.model.name));
    if (options.json)
        session.out << toJson (report).dump (2) << '\n';
    else
        session.out << describe (report);
    return exitOk;
}
} // namespace

void addProfile (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<ProfileOptions>();
    auto* command = app.add_subcommand ("profile", "Show where a frame's time goes");
    options->measure.addTo (*command);
    command->add_option ("--frames", options->frames, "Frames that are measured, after 8 that settle")
        ->check (CLI::Range (1, 1'000'000))
        ->capture_default_str();
    command->add_option ("--batch", options->batch, "Passages at once")
        ->check (CLI::Range (1, 16))
        ->capture_default_str();
    command->add_flag ("--json", options->json, "Machine-readable");
    command
        ->add_option ("--trace", options->trace,
                      "All of it over time, as a file for ui.perfetto.dev or chrome://tracing")
        ->type_name ("FILE");
    command->footer (R"(
Examples:
  tableread-engine profile
  tableread-engine profile --model ~/models/VibeVoice-7B --device cuda --dtype bf16 --gpu-layers 8 --trace frame.json
  tableread-engine profile --model Assets/models/shapes/7b --random-weights --device cuda --dtype bf16 --vram 10GB --json

On a GPU the rows say what its compute queue did: computing, waiting for a layer that is not there yet, standing still
because of a trim, or having nothing to do because nothing was launched. They add up to a frame. Copies run beside them.
What to do about each is in Assets/docs/offload.md.)");
    command->callback ([options, &session] {
        session.action = [options, &session] { return profile (*options, session); };
    });
}
} // namespace tableread::engine
