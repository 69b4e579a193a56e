// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "Measure/Farm/Worker.h"

namespace tableread::engine
{
/** What a farm has to speak. A line is what one pass speaks. */
struct FarmWork
{
    std::int64_t lines = 1;
    double letters = 0, usualSeconds = 0; // of all lines; the latter as estimatedLength() has them
    std::int64_t voices = 1;
    std::string source; // for people: "scene.tableread", "lines of 60 letters"
};

/** What `bench --json` has written of a machine. */
struct BenchFigures
{
    std::string file, machine, model;
    double startMs = 0, loadMs = 0, voiceMs = 0;
    int starts = 1; // of LibTorch, before a batch loads the model: to count GPUs, and in a worker
    WorkerSpeed worker;

    /** Until a batch speaks. */
    double beginMs() const { return starts * startMs + loadMs; }
};

/** @param name  of the file, for errors. @throws Exception InvalidInput if it is no such text, or of a version that did not measure
    a worker. */
BenchFigures benchFigures (const std::string& text, const std::string& name);

/** How long a farm takes, and what it costs. */
struct FarmPlan
{
    FarmWork work;
    BenchFigures bench;
    std::int64_t nodes = 1; // each as fast as the measured machine
    std::optional<double> hourCost;

    /** Of speech, as the measured model speaks. */
    double speechSeconds() const { return work.usualSeconds * bench.worker.lengthFactor; }
    double frames() const { return speechSeconds() / bench.worker.frameSeconds; }

    /** Of the node that has the most lines. */
    double seconds() const;
    double hours() const { return seconds() / 3600.0; }
    double nodeHours() const { return hours() * static_cast<double> (nodes); }
};

std::string describe (const FarmPlan& plan);
nlohmann::json toJson (const FarmPlan& plan);
} // namespace tableread::engine
