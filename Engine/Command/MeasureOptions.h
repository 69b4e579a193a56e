// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <utility>

#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"
#include "Measure/Work.h"

namespace tableread::engine
{
/** The options of every subcommand that measures renders: which model, where its layers are, and what it speaks. */
struct MeasureOptions
{
    ModelOptions model;
    OffloadOptions offload;
    RenderSettings settings;
    std::string text =
        "This is a table read. The chairs are old, the tea is warm, and everybody knows the end.";
    std::string voice, seed = "0"; // `settings` gets the seed from prepare()
    double voiceSeconds = 0;
    std::size_t characters = 0;

    void addTo (CLI::App& command);

    /** The measured model and what it speaks, with one of its own voices or, if it has none, the embedded model's.
        @throws Exception if one of them does not exist. */
    std::pair<LoadOptions, MeasuredSpeech> prepare (const Session& session) const;

    /** Before anything is measured. An empty path is no output. @throws Exception if a file cannot be written, or is one
        that is read. */
    void checkOutputs (const LoadOptions& load, std::initializer_list<std::filesystem::path> files) const;
};

/** What there is to say about a model that has been loaded: its notes, and what the options for offloading do. */
std::string sentencesOn (const ModelInfo& model, const OffloadOptions& offload);

/** Does nothing if `path` is empty. @throws Exception Io. */
void writeFile (const std::filesystem::path& path, const std::string& text);
} // namespace tableread::engine
