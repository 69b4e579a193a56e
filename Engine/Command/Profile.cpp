// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/MeasureOptions.h"
#include "Command/Subcommands.h"
#include "Core/Process/Interrupt.h"
#include "Measure/Profile/Profile.h"
#include "Measure/Profile/Trace.h"

namespace tableread::engine
{
namespace
{
struct ProfileOptions
{
    MeasureOptions measure;
    std::int64_t frames = 48;
    int batch = 1;
    bool json = false;
    std::filesystem::path trace;
};

int profile (const ProfileOptions& options, Session& session)
{
    const auto [load, speech] = options.measure.prepare (session);
    options.measure.checkOutputs (load, { options.trace });
    const Interrupt interrupt;
    const auto [report, spans] =
        measureProfile ({ load, speech, options.frames, options.batch },
                        { .load = session.load,
                          .isStopped = [&interrupt] { return interrupt.came(); },
                          .onLoaded =
                              [&] (const ModelInfo& model) {
                                  session.err << sentencesOn (model, options.measure.offload);
                              } });
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
    command->add_option ("--frames", options->frames, "Frames to measure, after 8 warm-up frames")
        ->check (CLI::Range (1, 1'000'000))
        ->capture_default_str();
    command->add_option ("--batch", options->batch, "Passages at once")
        ->check (CLI::Range (1, 16))
        ->capture_default_str();
    command->add_flag ("--json", options->json, "Print JSON");
    command->add_option ("--trace", options->trace, "Write a trace for ui.perfetto.dev or chrome://tracing")
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
        session.needsTorch = true;
        session.action = [options, &session] { return profile (*options, session); };
    });
}
} // namespace tableread::engine
