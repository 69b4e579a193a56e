// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Command/Session.h"
#include "Core/Error.h"
#include "Server/VoiceShelf.h"

namespace CLI
{
class App;
}

namespace tableread::engine
{
/** Where a model may lie, the first of: the one that was asked for, the environment's, the installed one, the one of
    the source tree. Empty paths are passed over. */
struct ModelSearch
{
    std::filesystem::path asked;       // --model: if it is not there, that is an error
    std::filesystem::path environment; // TABLEREAD_MODEL: so is this
    std::filesystem::path installed;   // share/tableread/models/mini beside the folder of the program
    std::filesystem::path sourceTree;  // Assets/models/mini, for a program that lies in its build folder

    static ModelSearch current (std::filesystem::path asked, const std::filesystem::path& executable);
};

/** @returns NotFound naming the folder that is missing, or all places that were searched. */
[[nodiscard]] Result<std::filesystem::path> findModel (const ModelSearch& search);

/** A check for options: a whole number of 0 or more. CLI11 by itself takes -1 for the largest one. @returns what is wrong. */
std::string wholeNumber (const std::string& text);

/** "cpu", "cuda" or "auto". */
DeviceKind deviceKind (const std::string& name);

/** "fp8", "int8", or anything else for what the engine computes with. */
WeightsFormat weightsFormat (const std::string& name);
void addDeviceOption (CLI::App& command, std::string& device);

/** The options of every subcommand that loads a model. */
struct ModelOptions
{
    std::filesystem::path model; // empty: the embedded one
    std::string dtype = "fp32";
    std::string device = "cpu";
    int threads = 0;
    bool randomWeights = false; // in the shapes of the model's config.json

    void addTo (CLI::App& command);

    /** @throws Exception NotFound if there is no such model. */
    LoadOptions resolve (const Session& session) const;
};

/** The voices beside a model, and recordings, prepared as this model's configuration wants them. Sentences on what may
    make a voice worse go to `note`, which may be empty.
    @throws Exception if the configuration cannot be read. */
VoiceShelf shelfOf (const std::filesystem::path& model, std::function<void (const std::string&)> note = {});
} // namespace tableread::engine
