// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** "stop", "length" or "cancelled". */
const char* nameOf (FinishReason finish);

/** Milliseconds by part. */
nlohmann::json toJson (const PartTimes& times);

/** One passage of a render: what was asked, what came, and where in the output it lies. */
struct PassageReport
{
    std::string title; // "line 5, Anna"
    std::string scene;
    std::vector<int> lines; // numbers in the script, from 1
    std::vector<std::string> speakers;
    std::int64_t startSample = 0, samples = 0; // in the output
    std::int64_t pauseSamples = 0;             // silence before it
    RenderReport render;
};

/** A whole render. */
struct ScriptReport
{
    std::string script, output;
    ModelInfo model;
    RenderSettings settings;
    std::string dtype;
    double loadMs = 0, voicesMs = 0, renderMs = 0;
    bool interrupted = false;
    std::vector<std::string> notes;
    std::vector<PassageReport> passages;

    double speechSeconds() const; // without pauses
    double outputSeconds() const; // with them
    double realTimeFactor() const;
};

nlohmann::json toJson (const ScriptReport& report);

/** What a person should know of a passage that did not end by itself; empty if it did. */
std::string lengthWarning (const PassageReport& passage, const ModelInfo& model);

/** "Wrote out.wav: 12.3 s …", the last words. */
std::string summary (const ScriptReport& report);
} // namespace tableread::engine
