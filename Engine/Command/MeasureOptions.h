// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"
#include "Measure/Work.h"

namespace tableread::engine
{
/** The options of every subcommand that measures renders: which model, where its layers lie, and what it speaks. */
struct MeasureOptions
{
    ModelOptions model;
    OffloadOptions offload;
    RenderSettings settings;
    std::string text =
        "This is a table read. The chairs are old, the tea is warm, and everybody knows the end.";
    std::string voice;
    double voiceSeconds = 0;

    void addTo (CLI::App& command);

    /** The model that is measured and what it speaks, by a voice of its own or, if it has none, of the embedded one.
        @throws Exception if one of them is not there. */
    std::pair<LoadOptions, MeasuredSpeech> prepare (const Session& session) const;
};

/** Nothing if `path` is empty. @throws Exception Io. */
void writeFile (const std::filesystem::path& path, const std::string& text);
} // namespace tableread::engine
