// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>

#include "Command/ModelOptions.h"
#include "Command/Subcommands.h"
#include "Measure/SelfTestData.h"
#include "Render/RenderAll.h"

namespace tableread::engine
{
namespace
{
struct SelfTestOptions
{
    ModelOptions model;
    std::filesystem::path remake;
};

/** Only the first frames are compared: each feeds the next, so last-bit differences between processors grow. */
constexpr std::size_t comparedFrames = 10;
constexpr double tolerance =
    1e-3; // latents have a spread of about 1; another order of summation changes them by 1e-5

SelfTestData lineToSpeak()
{
    SelfTestData line;
    line.text = "Good morning. The tea is warm and the chairs are cold.";
    line.voice = "anna";
    line.settings.seed = 1;
    return line;
}

SelfTestData speak (const SelfTestData& line, const LoadOptions& load, Session& session)
{
    const auto renderer = session.load (load);
    for (const auto& note : renderer->info().notes)
        session.err << note << '\n';
    session.out << "Computed by " << renderer->info().device << ".\n";
    const auto voice = orThrow (shelfOf (load.model).fetch ({ line.voice, {} }));
    auto spoken = line;
    spoken.settings.guidanceScale = line.settings.guidanceScale.value_or (renderer->info().guidanceScale);
    spoken.latents.clear();
    std::size_t frames = 0;
    PassageEvents events;
    events.onLatent = [&] (std::span<const float> latent) {
        if (++frames <= comparedFrames)
            spoken.latents.insert (spoken.latents.end(), latent.begin(), latent.end());
    };
    PassageJob job { .passage = { { { 0, line.text } }, { encodeVoice (*renderer, voice.audio) } },
                     .settings = line.settings,
                     .events = events };
    spoken.tokens = render (*renderer, std::move (job)).tokens;
    return spoken;
}

int selfTest (const SelfTestOptions& options, Session& session)
{
    const auto load = options.model.resolve (session);
    const auto name = load.model.filename().string();
    if (! options.remake.empty())
    {
        if (auto written = speak (lineToSpeak(), load, session).write (options.remake, name); ! written)
            throw Exception (written.error());
        session.out << "Stored " << (options.remake / name).string() << ".json and .f32.\n";
        return exitOk;
    }
    // Next to the folder of models, both in the source tree and when installed.
    const auto stored =
        orThrow (SelfTestData::read (load.model.parent_path().parent_path() / "selftest", name));
    const auto result = compare (stored, speak (stored, load, session), tolerance);
    session.out << "selftest with " << name << ": " << (result.passed ? "passed" : "FAILED") << "; "
                << result.sentence << ".\n";
    if (! result.passed)
        session.err << "This build gives wrong results on this machine. If the model was "
                       "replaced, store its "
                       "speech again with selftest --remake; else do not trust what it renders.\n";
    return result.passed ? exitOk : exitInternal;
}
} // namespace

void addSelfTest (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<SelfTestOptions>();
    auto* command =
        app.add_subcommand ("selftest", "Check that this build gives the right results on this machine");
    command->add_option ("--model", options->model.model, "Folder of a checkpoint [the embedded one]")
        ->type_name ("DIR");
    addDeviceOption (*command, options->model.device);
    command->add_option ("--threads", options->model.threads, "Compute threads; 0: one per processor")
        ->check (CLI::Range (0, 1024));
    command->add_option ("--remake", options->remake, "Store this build's results instead of comparing")
        ->type_name ("DIR");
    command->footer (R"(
Examples:
  tableread-engine selftest
  tableread-engine selftest --remake Assets/selftest

Speaks one line with the embedded model and compares its tokens and first latents with those that are stored.)");
    command->callback ([options, &session] {
        session.needsTorch = true;
        session.action = [options, &session] { return selfTest (*options, session); };
    });
}
} // namespace tableread::engine
