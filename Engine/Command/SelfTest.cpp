// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>

#include "Command/ModelOptions.h"
#include "Command/Subcommands.h"
#include "Measure/SelfTestData.h"

namespace tableread::engine
{
namespace
{
struct SelfTestOptions
{
    ModelOptions model;
    std::filesystem::path remake;
};

/** Compared are the first frames: each one feeds the next, so the last bits of another processor's sums grow. */
constexpr std::size_t comparedFrames = 10;
constexpr double tolerance =
    1e-3; // latents have a spread of about 1; sums in another order move them by 1e-5

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
    const auto voice = orThrow (shelfOf (load.model).fetch ({ line.voice, {} }));
    auto spoken = line;
    spoken.latents.clear();
    std::size_t frames = 0;
    RenderEvents events;
    events.onLatent = [&] (std::span<const float> latent) {
        if (++frames <= comparedFrames)
            spoken.latents.insert (spoken.latents.end(), latent.begin(), latent.end());
    };
    const Passage passage { { { 0, line.text } }, { renderer->encodeVoice (voice.audio) } };
    spoken.tokens = renderer->render (passage, line.settings, events).tokens;
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
    // Beside the folder of models, in the source tree as where it is installed.
    const auto stored =
        orThrow (SelfTestData::read (load.model.parent_path().parent_path() / "selftest", name));
    const auto result = compare (stored, speak (stored, load, session), tolerance);
    session.out << "selftest with " << name << ": " << (result.passed ? "passed" : "FAILED") << "; "
                << result.sentence << ".\n";
    if (! result.passed)
        session.err << "This build does not compute on this machine what it should. If the model was "
                       "replaced, store its "
                       "speech anew with selftest --remake; else do not trust what it renders.\n";
    return result.passed ? exitOk : exitInternal;
}
} // namespace

void addSelfTest (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<SelfTestOptions>();
    auto* command =
        app.add_subcommand ("selftest", "Check that this build computes on this machine what it should");
    command->add_option ("--model", options->model.model, "Folder of a checkpoint [the embedded one]")
        ->type_name ("DIR");
    command->add_option ("--threads", options->model.threads, "Compute threads; 0: one for each processor")
        ->check (CLI::Range (0, 1024));
    command->add_option ("--remake", options->remake, "Store what this build computes, instead of comparing")
        ->type_name ("DIR");
    command->footer (R"(
Examples:
  tableread-engine selftest
  tableread-engine selftest --remake Assets/selftest

Speaks one line with the embedded model and compares its tokens and first latents with those that are stored.)");
    command->callback ([options, &session] {
        session.action = [options, &session] { return selfTest (*options, session); };
    });
}
} // namespace tableread::engine
