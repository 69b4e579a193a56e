// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Core/Error.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** "stop", "max_seconds", "length" or "cancelled". */
const char* nameOf (FinishReason finish);

/** Its kind and its sentence. */
nlohmann::json toJson (const Error& error);

/** Milliseconds by part. */
nlohmann::json toJson (const PartTimes& times);

/** One passage of a render: the request, the result, and its position in the output. */
struct PassageReport
{
    std::string title; // "line 5, Anna"
    std::string scene;
    std::vector<int> lines; // numbers in the script, counted from 1
    std::vector<std::string> speakers;
    std::int64_t startSample = 0, samples = 0; // in the output
    std::int64_t pauseSamples = 0;             // silence before it
    std::string file;                          // of its own; empty: none
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
    bool interrupted = false, isPartial = false; // the latter: `output` is not complete
    std::optional<Error> failure;
    int exitCode = 0;
    int seats = 1;    // passages that were spoken at once, at most
    int comments = 0; // lines of the script that were left out because of a #
    std::vector<std::string> notes;
    std::vector<PassageReport> passages;

    bool isCut() const;           // speech is missing that nobody asked to leave out
    FinishReason finish() const;  // the worst of its passages'
    double speechSeconds() const; // without pauses
    double outputSeconds() const; // with them
    double realTimeFactor() const;
};

nlohmann::json toJson (const ScriptReport& report);

/** What the user should know about a passage that was cut off; empty if it ended normally. */
std::string lengthWarning (const PassageReport& passage, const ModelInfo& model);

/** The final message: "Wrote out.wav: 12.3 s …". */
std::string summary (const ScriptReport& report);
} // namespace tableread::engine
