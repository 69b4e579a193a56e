// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

#include "Editor/Engine/PanelText.h"
#include "Support/Environment.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace std::chrono_literals;
using Catch::Contains;
using Operation = EngineOperation::Kind;
using EngineState = EngineView::State;

namespace
{
constexpr std::int64_t gb = 1'000'000'000;

protocol::OffloadState eightLayers()
{
    protocol::OffloadState offload;
    offload.layers = 28;
    offload.gpuLayers = 8;
    offload.passages = 4;
    return offload;
}

/** An engine that is ready, with a model on a GPU. */
EngineView onGpu()
{
    EngineView view { .state = EngineState::Ready };
    view.health.engineVersion = ownVersion();
    view.health.seats = 4;
    view.health.speaking = 1;
    view.health.waiting = 2;
    protocol::Model model {
        .id = "big", .state = "loaded", .device = "GPU 1", .dtype = "bf16", .weights = "int8"
    };
    model.parameters = 9'300'000'000;
    model.offload = eightLayers();
    view.models = { model };
    view.figures.frameMs = 40.0;
    view.figures.realTimeFactor = 0.5;
    view.figures.firstAudioMs = 250.0;
    view.figures.residentBytes = 5 * gb;
    view.figures.gpus = { { "0", "GPU 1", 10 * gb, 3 * gb, 6 * gb, gb / 2, gb / 2, 7 * gb } };
    return view;
}

EngineView onCpu()
{
    auto view = onGpu();
    view.models[0].offload.reset();
    view.models[0].device = "the CPU";
    view.figures.gpus.clear();
    return view;
}

std::string valueOf (const EnginePanelText& text, const std::string& name)
{
    const auto row = std::ranges::find (text.rows, name, &TextRow::name);
    REQUIRE (row != text.rows.end());
    return row->value;
}

EnginePanelText described (const EngineView& view, const EngineSurroundings& surroundings = { true, "" })
{
    return describeEngine ({ .view = view, .surroundings = surroundings });
}
} // namespace

TEST_CASE ("The engine panel says how an engine fares", "[plugin][engine]")
{
    const auto view = onGpu();
    const auto text = described (view);
    CHECK (text.headline == "Speaking.");
    CHECK (text.tone == Tone::Calm);
    CHECK_FALSE (text.progress);
    CHECK (text.warnings.empty());
    CHECK (text.isThere);
    CHECK (valueOf (text, "Engine") == "version " + ownVersion());
    CHECK (valueOf (text, "Model") == "big  \u00b7  9.3 billion weights  \u00b7  bf16, layers in int8");
    CHECK (valueOf (text, "Device") ==
           "GPU 1\n8 of 28 layers stay there, the others are copied for each frame");
    CHECK (valueOf (text, "Memory") ==
           "7.0 GB of 10.0 GB on the GPU, 3.0 GB free\n5.0 GB of this machine's memory");
    CHECK (valueOf (text, "Queue") == "1 of 4 speaking  \u00b7  2 waiting");
    CHECK (valueOf (text, "A frame") == "40 ms for 133 ms of speech");
    CHECK (valueOf (text, "Speed") == "2.00\u00d7 real time");
    CHECK (valueOf (text, "First audio") == "after 250 ms");

    EngineFacts facts { .view = view };
    facts.progress.realTimeFactor =
        0.25; // what this plugin measures counts more than what the engine does for all
    facts.progress.firstAudio = 80ms;
    facts.isEmbeddedOnly = true;
    const auto own = describeEngine (facts);
    CHECK (valueOf (own, "Speed") == "4.00\u00d7 real time");
    CHECK (valueOf (own, "First audio") == "after 80 ms");
    CHECK_THAT (valueOf (own, "Model"), Catch::EndsWith ("safe mode"));
}

TEST_CASE ("The engine panel says how large a model is", "[plugin][engine]")
{
    auto view = onCpu();
    const auto shown = [&] (std::int64_t weights) {
        view.models[0].parameters = weights;
        return valueOf (described (view), "Model");
    };
    CHECK_THAT (shown (53'912'345), Catch::StartsWith ("big  \u00b7  54 million weights  \u00b7  bf16"));
    CHECK_THAT (shown (999'499'999), Catch::Contains ("  999 million weights  "));
    CHECK_THAT (shown (999'500'000), Catch::Contains ("  1.0 billion weights  ")); // not 1000 million
    CHECK_THAT (shown (1'543'714'304), Catch::Contains ("  1.5 billion weights  "));
    CHECK_THAT (shown (0), Catch::StartsWith ("big  \u00b7  bf16")); // it does not say
}

TEST_CASE ("The engine panel names what is missing in plain words", "[plugin][engine]")
{
    using Strings = std::vector<std::string>;
    auto view = onCpu();
    CHECK (described (view, { false, "" }).warnings ==
           Strings { "No GPU driver found: rendering on the CPU." });
    CHECK (described (view, { true, "" }).warnings ==
           Strings { "Rendering on the CPU, although there is a GPU." });
    CHECK (valueOf (described (view), "Device") == "the CPU");
    CHECK (valueOf (described (view), "Memory") == "5.0 GB of this machine's memory");
    view.models[0].notes = { "the GPU is busy" };
    CHECK (described (view).warnings.back() == "The GPU is busy.");
    view.models[0].notes = { "On a CPU all layers are resident: auto, cache_trim_interval have no effect." };
    CHECK (
        described (view).warnings.back() ==
        "The CPU computes, so all of the model is in this machine's memory, and what is set of layers has no "
        "effect.");

    view = onGpu();
    view.figures.gpus[0].free = 100'000'000;
    CHECK (
        described (view).warnings ==
        Strings {
            "Only 100 MB are free on GPU 1. Close other programs that use it, or keep fewer layers there." });
    view = onGpu();
    view.figures.frameMs = 180.0;
    CHECK_THAT (described (view).warnings.at (0),
                Contains ("more slowly than it is heard. More layers on the GPU"));
    view = onGpu();
    view.health.engineVersion = "0.0.1";
    CHECK (described (view).warnings.at (0) ==
           "The engine is version 0.0.1, this plugin " + ownVersion() + ".");
    view = onGpu();
    CHECK_THAT (described (view, { true, "/m/other" }).warnings.at (0),
                Contains ("TABLEREAD_MODEL is set to /m/other"));
}

TEST_CASE ("The engine panel knows whether a program opens files", "[plugin][engine]")
{
    const test::TemporaryFolder folder;
    const test::Environment before ({ "PATH" });
    ::setenv ("PATH", ("/nowhere:" + folder.path().string()).c_str(), 1);
    CHECK_FALSE (EngineSurroundings::current().opensFiles);
    const auto opener = folder.path() / "xdg-open";
    std::ofstream { opener } << "#!/bin/sh\n";
    CHECK_FALSE (EngineSurroundings::current().opensFiles); // it cannot be run
    std::filesystem::permissions (opener, std::filesystem::perms::owner_all);
    CHECK (EngineSurroundings::current().opensFiles);
}

TEST_CASE ("The engine panel says what state an engine is in", "[plugin][engine]")
{
    EngineView view;
    CHECK (described (view).headline == "Looking for an engine\u2026");
    CHECK_FALSE (described (view).isThere);
    view.state = EngineState::Absent;
    CHECK_THAT (described (view).headline, Catch::StartsWith ("No engine runs."));
    CHECK (described (view).tone == Tone::Calm);
    CHECK (described (view).rows.size() == 8);
    for (const auto& row : described (view).rows)
        CHECK (row.value == "\u2013");
    view.problem = Error { ErrorCode::NotFound, "tableread-engine is not installed. Searched: /usr/bin", {} };
    CHECK (described (view).headline == "No engine runs. The program tableread-engine is not installed. "
                                        "Install it, or choose where it is in the "
                                        "menu More, at the top right of the window.");
    CHECK (described (view).tone == Tone::Bad);
    view.problem =
        Error { ErrorCode::NotFound, "the engine that the setting names is not a program", "/opt/e" };
    CHECK (described (view).headline ==
           "No engine runs. /opt/e: the engine that the setting names is not a program.");
    view.ended = EngineView::Ended { .what = { Operation::Start } };
    view.ended->failure = Error { ErrorCode::NotFound, "tableread-engine is not installed", {} };
    CHECK (described (view).warnings.at (0) == "tableread-engine is not installed."); // as it is written

    const auto now = EngineView::Clock::now();
    view.state = EngineState::Silent;
    view.since = now - 12s;
    view.problem = Error { ErrorCode::Io, "the engine's connection broke", {} };
    const auto silent = describeEngine ({ .view = view, .now = now });
    CHECK (silent.headline == "The engine has not answered for 12 s. The engine's connection broke.");
    CHECK (silent.tone == Tone::Bad);
    view.state = EngineState::Foreign;
    view.health.protocol = 2;
    CHECK_THAT (described (view).headline, Contains ("speaks protocol 2, this plugin 1"));

    view = onGpu();
    view.state = EngineState::Loading;
    view.since = now - 3s;
    view.health.models = { "big" };
    view.health.loadingBytes = 5'400'000'000;
    view.health.loading = 0.4f;
    const auto loading = describeEngine ({ .view = view, .now = now });
    CHECK (loading.headline == "Loading big (5.4 GB)\u2026  3 s  \u00b7  40 %");
    CHECK (loading.tone == Tone::Busy);
    CHECK (loading.progress == Approx (0.4));

    view = onGpu();
    view.models[0].state = "failed";
    view.models[0].failure = "12 layers need 9.1 GiB";
    CHECK (described (view).headline == "The model could not be loaded: 12 layers need 9.1 GiB.");
    CHECK (described (view).tone == Tone::Bad);
    view.models[0].state = "unloaded";
    CHECK_THAT (described (view).headline, Contains ("Apply loads it"));
    view = onGpu();
    view.health.speaking = 0;
    CHECK (described (view).headline == "Ready.");
}

TEST_CASE ("The engine panel says what is under way and how it ended", "[plugin][engine]")
{
    const auto now = EngineView::Clock::now();
    auto view = onGpu();
    const auto running = [&] (Operation kind) {
        view.running = EngineView::Running { { kind }, now - 2s };
        return describeEngine ({ .view = view, .now = now });
    };
    CHECK (running (Operation::Load).headline ==
           "Waiting until the engine has spoken what it was asked for, to load the model\u2026  2 s");
    CHECK (running (Operation::Load).progress == -1.0);
    CHECK (running (Operation::Load).isBusy);
    CHECK (running (Operation::Stop).headline == "Ending the engine\u2026");
    CHECK (running (Operation::Start).headline == "Starting the engine\u2026");
    CHECK_THAT (running (Operation::Restart).headline, Contains ("to start it anew"));
    CHECK (running (Operation::Plan).headline == "Speaking."); // it takes a moment only
    view.state = EngineState::Loading;
    view.health.loading = 0.5f;
    CHECK (running (Operation::Load).headline == "Loading the model\u2026  2 s  \u00b7  50 %");
    CHECK (running (Operation::Load).progress == Approx (0.5));

    view = onGpu();
    view.ended = EngineView::Ended { .what = { Operation::Load } };
    CHECK (described (view).warnings.empty());
    view.ended->failure = Error { ErrorCode::OutOfMemory, "28 layers need 13.1 GiB", {} };
    CHECK (described (view).warnings == std::vector<std::string> { "28 layers need 13.1 GiB." });
    view.ended->failure->code = ErrorCode::Cancelled;
    CHECK (described (view).warnings.empty());
}

TEST_CASE ("The engine panel says what safe mode is about", "[plugin][engine]")
{
    EngineView view { .state = EngineState::Absent };
    EngineFacts facts { .view = view };
    facts.safeMode = SafeMode { "the engine ended with exit code 3", {} };
    const auto text = describeEngine (facts);
    CHECK (text.isSafeMode);
    CHECK (text.tone == Tone::Bad);
    CHECK (text.headline == "Safe mode: The engine ended with exit code 3. No engine is started unasked.");
    view.state = EngineState::Ready; // somebody else has started one
    CHECK_FALSE (describeEngine (facts).isSafeMode);
}

TEST_CASE ("A plan is a sentence and a table", "[plugin][engine]")
{
    EngineView::Ended plan { .what = { Operation::Plan } };
    CHECK (describePlan (plan).sentence.empty());
    plan.failure = Error { ErrorCode::OutOfMemory,
                           "28 layers need 13.1 GiB. Lower gpu_layers to 12, or use weights int8",
                           {} };
    CHECK (describePlan (plan).sentence ==
           "28 layers need 13.1 GiB. Lower the number of layers on the GPU to 12, or use 8-bit weights.");
    CHECK (describePlan (plan).tone == Tone::Bad);
    plan.failure->code = ErrorCode::NotFound;
    CHECK_THAT (describePlan (plan).sentence, Contains ("older and cannot plan"));
    CHECK (describePlan (plan).tone == Tone::Calm);

    plan.failure.reset();
    plan.model = protocol::Model { .id = "big" };
    CHECK_THAT (describePlan (plan).sentence, Contains ("On the CPU there is nothing to plan"));
    plan.model->notes = { "On a CPU all layers are resident: gpu_layers has no effect." };
    CHECK_THAT (describePlan (plan).sentence,
                Catch::StartsWith ("The CPU computes, so all of the model is in"));

    plan.model = protocol::Model { .id = "big", .hostBytes = 2 * gb };
    plan.model->offload = eightLayers();
    plan.model->memory = protocol::DeviceMemory { .otherWeights = gb,
                                                  .resident = 3 * gb,
                                                  .slots = gb / 2,
                                                  .caches = gb / 4,
                                                  .sum = 5 * gb,
                                                  .free = 6 * gb,
                                                  .reserve = gb / 4 };
    const auto text = describePlan (plan);
    CHECK (text.sentence == "8 of 28 layers stay on the GPU, for up to 4 passages at once.");
    CHECK (text.tone == Tone::Calm);
    REQUIRE (text.rows.size() == 7);
    CHECK (text.rows[0] == TextRow { "Layers that stay", "3.0 GB" });
    CHECK (text.rows[4] == TextRow { "Together", "5.0 GB" });
    CHECK (text.rows[6] == TextRow { "Layers in this machine's memory", "2.0 GB" });
    plan.model->memory->free = 5 * gb + gb / 8;
    CHECK_THAT (describePlan (plan).sentence, Contains ("Little memory is left"));
    CHECK (describePlan (plan).tone == Tone::Bad);
}
