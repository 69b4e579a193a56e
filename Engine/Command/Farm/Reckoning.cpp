// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Reckoning.h"

#include <ostream>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/Farm/Script.h"
#include "Command/NumberOptions.h"
#include "Measure/Farm/Plan.h"
#include "Passage/Passage.h"
#include "Project/File/Place.h"
#include "Project/Lookup.h"
#include "Project/Passages.h"

namespace tableread::engine
{
namespace
{
constexpr const char* group = "A farm's time and cost";

double secondsOf (std::size_t letters)
{
    return static_cast<double> (estimatedLength (letters).value) / static_cast<double> (modelSampleRateHz);
}

FarmWork workOf (const std::filesystem::path& file)
{
    const auto script = readScript (file);
    const auto& document = *script.document;
    FarmWork work { .lines = 0, .source = file.filename().string() };
    for (const auto& passage : project::passagesOf (document))
    {
        std::size_t letters = 0;
        for (auto at = passage.first; at < passage.first + passage.count; ++at)
            letters += lettersIn (document.lines[at]->text);
        ++work.lines;
        work.letters += static_cast<double> (letters);
        work.usualSeconds += secondsOf (letters);
    }
    if (work.lines == 0)
        fail (ErrorCode::InvalidInput, "has no lines to speak. Write some first.", file.string());
    work.voices = static_cast<std::int64_t> (project::speakersOf (document).size());
    return work;
}

FarmWork workOf (std::int64_t lines, int letters)
{
    const auto count = static_cast<double> (lines);
    return { .lines = lines,
             .letters = count * letters,
             .usualSeconds = count * secondsOf (static_cast<std::size_t> (letters)),
             .source = fmt::format ("of {} letters", letters) };
}
} // namespace

void ReckoningOptions::addTo (CLI::App& command)
{
    const auto others = command.get_options ([] (const CLI::Option* option) {
        return ! option->check_name ("--help") && ! option->check_name ("--json");
    });
    auto* file =
        command
            .add_option ("--bench", bench,
                         "What bench --json has written on one of the farm's machines: reckon how long "
                         "the farm takes, and what it costs")
            ->type_name ("FILE")
            ->group (group);
    for (auto* other : others)
        file->excludes (other);
    auto* whole =
        command.add_option ("PROJECT", project, "What is to be spoken: a project's file, or a manifest")
            ->needs (file);
    auto* count = command.add_option ("--lines", lines, "What is to be spoken: so many lines")
                      ->check (CLI::Range (std::int64_t { 1 }, std::int64_t { 1'000'000'000 }))
                      ->needs (file)
                      ->excludes (whole)
                      ->group (group);
    command.add_option ("--letters", letters, "Letters of each of them, on average")
        ->check (CLI::Range (1, 100'000))
        ->capture_default_str()
        ->needs (count)
        ->group (group);
    command.add_option ("--nodes", nodes, "Machines, or GPUs, each as fast as the measured one")
        ->check (CLI::Range (std::int64_t { 1 }, std::int64_t { 1'000'000 }))
        ->capture_default_str()
        ->needs (file)
        ->group (group);
    command
        .add_option_function<double> (
            "--hour-cost", [this] (const double& each) { hourCost = each; },
            "What an hour of a node costs, in any currency")
        ->check (numberBetween (0, 1e9))
        ->needs (file)
        ->group (group);
}

int ReckoningOptions::reckon (bool asJson, Session& session) const
{
    if (project.empty() && lines == 0)
        fail (ErrorCode::InvalidInput,
              "plan --bench needs to know what is to be spoken. Name a project, or give --lines.");
    FarmPlan plan { .work = project.empty() ? workOf (lines, letters) : workOf (project),
                    .bench = benchFigures (orThrow (project::readBytes (bench)), bench.string()),
                    .nodes = nodes,
                    .hourCost = hourCost };
    session.out << (asJson
                        ? toJson (plan).dump (2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n'
                        : describe (plan));
    return exitOk;
}
} // namespace tableread::engine
