// SPDX-License-Identifier: Apache-2.0
#include "Measure/Farm/Plan.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Core/Error.h"
#include "Measure/Bench.h"
#include "Passage/Passage.h"
#include "Support/FakeRenderer.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Json = nlohmann::json;

namespace
{
Json benchOf (const WorkerSpeed& worker)
{
    return { { "machine", { { "processor", "A processor" }, { "gpu", "" } } },
             { "model", "mini" },
             { "start_ms", 250.0 },
             { "load_ms", { { "median", 400.0 }, { "min", 1.0 }, { "max", 900.0 } } },
             { "voice_ms", 50.0 },
             { "worker", toJson (worker) } };
}

Json simpleBench()
{
    return benchOf ({ .passages = 4,
                      .framesASecond = 20,
                      .framesASecondAlone = 8,
                      .frameSeconds = 0.125,
                      .promptMsALine = 10,
                      .promptMsALetter = 0.5,
                      .lengthFactor = 0.8 });
}

FarmPlan planOf (std::int64_t nodes)
{
    return { .work = { .lines = 10, .letters = 400, .usualSeconds = 62.5, .voices = 2, .source = "s" },
             .bench = benchFigures (simpleBench().dump(), "bench.json"),
             .nodes = nodes,
             .hourCost = {} };
}
} // namespace

TEST_CASE ("A farm's time is that of starting, and of the lines of the node that has most",
           "[engine][measure][farm]")
{
    // 250 ms of start, 400 + 2 voices of 50; 10 prompts of 10 ms and 400 letters of 0.5; 400 frames. A step of 4 takes
    // 200 ms, of 1 125: 100 ms and 25 for each frame. A line of 40 frames has 44 steps.
    const auto seconds = [] (double lines, double steps) {
        return 0.75 + lines * (0.03 + 40 * 0.025) + steps * 0.1;
    };
    CHECK (planOf (1).seconds() == Approx (seconds (10, 110 + 22 * 0.75)));
    CHECK (planOf (2).seconds() == Approx (seconds (5, 55 + 22 * 0.75)));
    CHECK (planOf (3).seconds() == Approx (seconds (4, 44 + 22 * 0.75))); // four lines of ten
    CHECK (planOf (5).seconds() == Approx (seconds (2, 44 + 22 * 0.5)));  // no more at once than lines
    CHECK (planOf (10).seconds() == Approx (seconds (1, 44)));
    CHECK (planOf (99).seconds() == Approx (seconds (1, 44))); // a line is not divided
    auto one = planOf (2);
    one.bench.worker.passages = 1;
    CHECK (one.seconds() == Approx (0.75 + 5 * 0.03 + 200 / 20.0));
    one.bench.worker.passages = 4;
    one.bench.worker.framesASecondAlone = 30; // of a bench that something disturbed
    CHECK (one.seconds() == Approx (0.75 + 5 * 0.03 + 200 / 20.0));
    CHECK (planOf (3).nodeHours() == Approx (3 * planOf (3).seconds() / 3600));

    auto plan = planOf (2);
    CHECK_FALSE (toJson (plan).contains ("cost"));
    plan.hourCost = 1.5;
    CHECK (toJson (plan)["cost"] == Approx (1.5 * plan.nodeHours()));
    CHECK (toJson (plan)["frames"] == Approx (400));
    CHECK_THAT (describe (plan), Contains ("10 lines (s)") && Contains ("with 2 nodes") &&
                                     Contains ("bench.json") &&
                                     Contains ("A processor, mini: 20.0 frames a second, 4 lines at once"));
}

TEST_CASE ("Where there is a GPU, LibTorch is loaded to count them, too", "[engine][measure][farm]")
{
    auto json = simpleBench();
    const auto without = benchFigures (json.dump(), "bench.json").beginMs();
    CHECK (without == Approx (250 + 400));
    json["machine"]["gpu"] = "A GPU";
    CHECK (benchFigures (json.dump(), "bench.json").beginMs() == Approx (2 * 250 + 400));
}

TEST_CASE ("Only what a bench of a worker has written is taken for figures",
           "[engine][measure][farm][errors]")
{
    const auto refusal = [] (const std::string& text) {
        try
        {
            (void) benchFigures (text, "bench.json");
        }
        catch (const Exception& exception)
        {
            CHECK (exception.error.code == ErrorCode::InvalidInput);
            return exception.error.text();
        }
        return std::string();
    };
    CHECK (refusal (simpleBench().dump()).empty());
    CHECK_THAT (refusal (""), Contains ("bench.json") && Contains ("bench --json"));
    CHECK_THAT (refusal ("[1, 2]"), Contains ("/worker/frames_a_second")); // a sweep's
    auto bench = simpleBench();
    bench.erase ("worker");
    CHECK_THAT (refusal (bench.dump()), Contains ("bench --json"));
    const auto [place, value] = GENERATE (table<std::string, Json> ({ { "/worker/frames_a_second", 0 },
                                                                      { "/worker/frames_a_second", -1 },
                                                                      { "/worker/frames_a_second_alone", 0 },
                                                                      { "/worker/frame_seconds", 0 },
                                                                      { "/worker/length_factor", 0 },
                                                                      { "/worker/passages", 0 },
                                                                      { "/worker/passages", 1e300 },
                                                                      { "/worker/prompt_ms_a_letter", "few" },
                                                                      { "/worker/prompt_ms_a_line", -0.1 },
                                                                      { "/start_ms", "soon" },
                                                                      { "/load_ms/median", nullptr },
                                                                      { "/voice_ms", Json::array() } }));
    bench = simpleBench();
    bench[Json::json_pointer (place)] = value;
    CHECK_FALSE (refusal (bench.dump()).empty());
}

TEST_CASE ("A worker's speed is that of all passages, and of prompts by their letters",
           "[engine][measure][farm]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frameMs = 2;
    FakeRenderer renderer (control);
    const MeasuredSpeech speech { .voice = { "Anna", std::vector<float> (24'000, 0.1f) },
                                  .text = "Hello.",
                                  .settings = {} };
    bool stopped = false;
    const MeasureHooks hooks { .load = {}, .isStopped = [&stopped] { return stopped; } };
    const auto one = measureWorker (renderer, speech, 1, hooks);
    const auto four = measureWorker (renderer, speech, 4, hooks);
    CHECK (one.passages == 1);
    CHECK (four.passages == 4);
    CHECK (control->mostAtOnce == 4);
    CHECK (one.framesASecond <= 500);
    CHECK (four.framesASecond > 2 * one.framesASecond);
    CHECK (four.framesASecond <= 2000);
    CHECK (four.framesASecondAlone <= 500);
    CHECK (four.framesASecondAlone > 50);
    CHECK (four.frameSeconds == Approx (320.0 / 24'000));
    CHECK (measureWorker (renderer, speech, 99, hooks).passages == 16);
    CHECK (renderer.inFlight().empty());
    CHECK (control->passagesRendered == 0); // nobody hears them

    const auto chosen = measureWorker (renderer, speech, 0, hooks);
    CHECK (chosen.passages == 16); // a step is short

    stopped = true;
    CHECK_THROWS_AS (measureWorker (renderer, speech, 1, hooks), Exception);
}

TEST_CASE ("On a GPU a bench loads the model for as many passages as a batch does", "[engine][measure][farm]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->offload = OffloadConfig { 8, 8, {}, {} };
    control->mostPassages = 5;
    control->device.name = "GPU";
    std::vector<int> planned;
    const MeasureHooks hooks { .load =
                                   [&] (const LoadOptions& load) {
                                       planned.push_back (load.offload.settings.passages);
                                       return std::make_unique<FakeRenderer> (control);
                                   },
                               .isStopped = [] { return false; } };
    BenchRequest request { .load = { .model = TABLEREAD_ROOT "/Assets/models/mini" },
                           .speech = { .voice = { "Anna", std::vector<float> (24'000, 0.1f) },
                                       .text = "Hello.",
                                       .settings = {} },
                           .runs = 1 };
    CHECK (measureBench (request, hooks).worker.passages == 5);
    CHECK (planned == std::vector { 1, 0, 1 }); // what is measured of one passage stays as it was

    planned.clear();
    request.load.offload.settings.passages = 3;
    CHECK (measureBench (request, hooks).worker.passages == 3);
    CHECK (planned == std::vector { 3, 3, 3 });

    // The fake speaks five frames of 320 samples, whatever the text is.
    const double usual = static_cast<double> (estimatedLength (6).value);
    CHECK (measureBench (request, hooks).worker.lengthFactor == Approx (1600 / usual));
    request.speech.exactFrames = 7; // says nothing of the model
    CHECK (measureBench (request, hooks).worker.lengthFactor == 1);
    request.speech.exactFrames = 0;
    control->finish = FinishReason::Length;
    CHECK (measureBench (request, hooks).worker.lengthFactor == 1);
    CHECK (control->alive == 0);
}
