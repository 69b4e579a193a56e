// SPDX-License-Identifier: Apache-2.0
// How the real program serves many clients: two cores, the embedded model, and nothing else that runs.
#include <array>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "Bench/LoadReport.h"
#include "Support/EngineProgram.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
LoadSettings loadOf (const EngineProgram& engine, int clients, double seconds)
{
    LoadSettings settings;
    settings.socket = engine.socket();
    settings.clients = clients;
    settings.seconds = seconds;
    settings.finishSeconds = 300;
    settings.clientNames = "c";
    settings.lines = { { "Hi there.", { "anna", {} } } };
    settings.compare = true;
    settings.asksHealth = true;
    settings.pid = engine.pid();
    return settings;
}

/** What a command of the program prints as JSON. */
nlohmann::json jsonOf (std::vector<std::string> words, const std::filesystem::path& place)
{
    words.insert (words.begin(), TABLEREAD_ENGINE_PROGRAM);
    words.insert (words.end(), { "--json", "--device", "cpu", "--model", EngineProgram::model() });
    std::string command;
    for (const auto& word : words)
        command.append ("'").append (word).append ("' ");
    const auto file = place / "said.json";
    REQUIRE (std::system ((command + "> '" + file.string() + "' 2> /dev/null").c_str()) == 0);
    std::ifstream in (file);
    return nlohmann::json::parse (in);
}

/** Lines of sixty frames and more, of which no two are alike and none is of another turn. The engine keeps the prompts of the
    last two or three only, so it computes each. */
std::vector<SpokenText> longLines (int turn)
{
    constexpr std::array ends { "left no name", "taken the lamp", "sold the boat", "locked the gate",
                                "burned the letter" };
    std::vector<SpokenText> lines;
    for (const auto* who : { "The old keeper", "The captain", "The young doctor", "A boy from the harbour" })
        for (const auto* what : { "carried the lamp", "followed the long road", "found an empty chair",
                                  "opened a wooden box", "watched the harbour" })
            for (const auto* when :
                 { "before the rain came", "when the bells had stopped", "in the middle of the night",
                   "under a grey sky", "long after the others" })
                lines.push_back (
                    { fmt::format ("{} {} {}, and for a week nobody in the village said a word about "
                                   "it, until one morning he had {}.",
                                   who, what, when, ends.at (static_cast<std::size_t> (turn))),
                      { "anna", {} } });
    return lines;
}
} // namespace

TEST_CASE ("Clients share the engine fairly", "[.slow][engine][command][serve][sharing][serial]")
{
    const int clients = GENERATE (8, 32);
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM);
    const auto report = measureLoad (loadOf (engine, clients, 20));
    INFO (describe (report));
    CHECK (report.isGood());
    CHECK (report.load.busy == 0);
    CHECK (report.load.unheard == 0);
    const auto least = static_cast<double> (report.load.leastJobs),
               most = static_cast<double> (report.load.mostJobs);
    CHECK ((most - least <= 1 || most <= 1.5 * least));
    CHECK (report.load.healthMs.p99 <= 50);
}

TEST_CASE ("Two hundred clients get what eight get together",
           "[.slow][engine][command][serve][sharing][serial]")
{
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM);
    auto settings = loadOf (engine, 200, 60);
    settings.baselineClients = 8;
    const auto report = measureLoad (settings);
    INFO (describe (report));
    CHECK (report.isGood());
    CHECK (report.load.unheard == 0);
    REQUIRE (report.baseline);
    CHECK (report.load.audioPerSecond >= 0.9 * report.baseline->audioPerSecond);
    CHECK (report.load.healthMs.p99 <= 50);
    REQUIRE (report.process);
    CHECK (report.process->after.threads <= report.process->before.threads);
    CHECK (report.process->after.descriptors <= report.process->before.descriptors);
    CHECK (report.process->after.residentBytes - report.process->before.residentBytes < 32'000'000);
}

TEST_CASE ("An engine without a queue is about as quick as render",
           "[.slow][engine][command][serve][sharing][serial]")
{
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM);
    std::vector<double> rendered;
    std::ofstream (engine.path() / "line.txt") << "anna: Hi there.\n";
    for (int i = 0; i < 5; ++i)
    {
        const auto json = jsonOf ({ "render", (engine.path() / "line.txt").string(), "--voice", "anna=anna",
                                    "-o", (engine.path() / "line.wav").string() },
                                  engine.path());
        rendered.push_back (json.at ("passages").at (0).at ("first_frame_ms"));
    }
    const auto report = measureLoad (loadOf (engine, 1, 10));
    INFO (describe (report));
    CHECK (report.load.firstAudioMs.p50 <= 1.2 * percentilesOf (rendered).p50);
}

TEST_CASE ("Eight seats keep what a batch of eight gives", "[.slow][engine][command][serve][sharing][serial]")
{
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM, { "--passages", "8" });
    const auto batchOfEight = [&] { // of such a line
        const auto report = jsonOf ({ "bench", "--sweep", "batch=8", "--frames", "60", "--voice", "anna",
                                      "--text", longLines (0).front().text },
                                    engine.path());
        return report.at (0).at ("audio_seconds_a_second").get<double>();
    };
    std::vector<double> ofBatch, ofOne; // in turns, since a shared machine is now faster, now slower
    std::string said;
    double before = batchOfEight();
    for (int turn = 0; turn < 5; ++turn)
    {
        auto settings =
            loadOf (engine, 16, 25); // as many wait as speak, so no seat is free for want of a line
        settings.lines = longLines (turn);
        settings.compare = false; // which would speak each line before
        settings.baselineClients = 1;
        settings.asksHealth = false;  // which bench is not asked for
        settings.settleSeconds = 5.0; // nor does it count its first frames
        const auto report = measureLoad (settings);
        const double after = batchOfEight();
        ofBatch.push_back (2 * report.load.audioPerSecond / (std::exchange (before, after) + after));
        ofOne.push_back (report.load.audioPerSecond / report.baseline->audioPerSecond);
        said += fmt::format ("{}bench: {:.2f} afterwards, so {:.3f} of it\n", describe (report), after,
                             ofBatch.back());
        CHECK (report.isGood());
    }
    INFO (said);
    CHECK (percentilesOf (ofBatch).p50 >= 0.9);
    CHECK (percentilesOf (ofOne).p50 >= 1.3);
}
