// SPDX-License-Identifier: Apache-2.0
#include "Measure/Farm/Plan.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

/** A number from 0 on that stands where a bench writes it. @throws Exception InvalidInput */
double figure (const Json& json, const char* path, const std::string& name)
{
    const Json::json_pointer place (path);
    const auto value = json.is_object() && json.contains (place) && json[place].is_number()
                           ? json[place].get<double>()
                           : std::nan ("");
    if (! std::isfinite (value) || value < 0)
        fail (
            ErrorCode::InvalidInput,
            fmt::format (
                "has no figure {}. Write the file with tableread-engine bench --json of this version.", path),
            name);
    return value;
}

std::string text (const Json& json, const char* path)
{
    const Json::json_pointer place (path);
    return json.contains (place) && json[place].is_string() ? json[place].get<std::string>() : std::string();
}

std::string clock (double seconds)
{
    if (seconds < 120)
        return fmt::format ("{:.1f} s", seconds);
    const auto minutes = std::llround (seconds / 60.0);
    return fmt::format ("{} h {:02} min", minutes / 60, minutes % 60);
}

constexpr double silentSteps =
    4; // of a line: for its prompt, for the beginning and the end of speech, and of the text

/** Of a step, which reads the weights, and of each frame that it makes; in seconds. */
struct StepCost
{
    double step = 0, frame = 0;
};

StepCost costOf (const WorkerSpeed& worker)
{
    const double count = worker.passages, alone = 1 / worker.framesASecondAlone,
                 together = count / worker.framesASecond;
    const double step =
        count > 1 ? std::clamp ((count * alone - together) / (count - 1), 0.0, std::min (alone, together))
                  : 0;
    return { step, (together - step) / count };
}
} // namespace

BenchFigures benchFigures (const std::string& bench, const std::string& name)
{
    const auto json = Json::parse (bench, nullptr, false);
    const auto read = [&] (const char* path) { return figure (json, path, name); };
    BenchFigures figures;
    figures.file = name;
    auto& worker = figures.worker;
    worker.framesASecond = read ("/worker/frames_a_second");
    worker.framesASecondAlone = read ("/worker/frames_a_second_alone");
    worker.frameSeconds = read ("/worker/frame_seconds");
    const double passages = read ("/worker/passages");
    worker.lengthFactor = read ("/worker/length_factor");
    if (worker.framesASecond <= 0 || worker.framesASecondAlone <= 0 || worker.lengthFactor <= 0 ||
        worker.frameSeconds <= 0 || passages < 1 || passages > 1000)
        fail (ErrorCode::InvalidInput,
              "was measured with nothing spoken. Write it with tableread-engine bench --json.", name);
    worker.passages = static_cast<int> (passages);
    worker.promptMsALine = read ("/worker/prompt_ms_a_line");
    worker.promptMsALetter = read ("/worker/prompt_ms_a_letter");
    figures.startMs = read ("/start_ms");
    figures.loadMs = read ("/load_ms/median");
    figures.voiceMs = read ("/voice_ms");
    const auto gpu = text (json, "/machine/gpu");
    figures.starts = gpu.empty() ? 1 : 2;
    figures.machine = gpu.empty() ? text (json, "/machine/processor") : gpu;
    figures.model = text (json, "/model");
    return figures;
}

double FarmPlan::seconds() const
{
    const auto& worker = bench.worker;
    const auto most = (work.lines + nodes - 1) / nodes; // as --shard divides them
    const auto lines = static_cast<double> (most), share = lines / static_cast<double> (work.lines);
    const double atOnce = std::min<double> (worker.passages, lines);
    const double held =
        share * frames() + silentSteps * lines; // steps that lines hold a seat, all of them together
    const double empty = held / lines / 2 * (atOnce - 1); // of seats while the last lines end
    const double prompts = lines * worker.promptMsALine + share * work.letters * worker.promptMsALetter;
    const auto cost = costOf (worker);
    return (bench.beginMs() + static_cast<double> (work.voices) * bench.voiceMs + prompts) / 1000.0 +
           (held + empty) / atOnce * cost.step + share * frames() * cost.frame;
}

std::string describe (const FarmPlan& plan)
{
    const auto& worker = plan.bench.worker;
    auto lines = fmt::format ("work          {} lines ({}), about {} of speech, {:.0f} frames\n",
                              plan.work.lines, plan.work.source, clock (plan.speechSeconds()), plan.frames());
    lines += fmt::format ("each node     {}, {}: {:.1f} frames a second, {} lines at once\n"
                          "              {:.1f} s until it speaks, {:.0f} ms a voice, {:.1f} + {:.2f} ms a "
                          "letter to begin a line\n"
                          "              (measured: {})\n",
                          plan.bench.machine, plan.bench.model, worker.framesASecond, worker.passages,
                          plan.bench.beginMs() / 1000.0, plan.bench.voiceMs, worker.promptMsALine,
                          worker.promptMsALetter, plan.bench.file);
    lines += fmt::format ("time          {:.3f} hours ({}) with {} node{}\n", plan.hours(),
                          clock (plan.seconds()), plan.nodes, plan.nodes == 1 ? "" : "s");
    if (plan.hourCost)
        lines += fmt::format ("cost          {:.2f}: {:.3f} node hours at {} each\n",
                              plan.nodeHours() * *plan.hourCost, plan.nodeHours(), *plan.hourCost);
    return lines;
}

Json toJson (const FarmPlan& plan)
{
    Json json { { "lines", plan.work.lines },
                { "source", plan.work.source },
                { "letters", plan.work.letters },
                { "speech_seconds", plan.speechSeconds() },
                { "frames", plan.frames() },
                { "nodes", plan.nodes },
                { "machine", plan.bench.machine },
                { "model", plan.bench.model },
                { "worker", toJson (plan.bench.worker) },
                { "seconds", plan.seconds() },
                { "hours", plan.hours() },
                { "node_hours", plan.nodeHours() } };
    if (plan.hourCost)
        json["cost"] = plan.nodeHours() * *plan.hourCost;
    return json;
}
} // namespace tableread::engine
