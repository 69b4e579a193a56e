// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "Command/Session.h"
#include "Core/Error.h"
#include "Server/Voices/Shelf.h"
#include "Voice/ReaderProcess.h"

namespace CLI
{
class App;
}

namespace tableread::engine
{
/** Where a model may be, in this order: the requested one, the environment's, the installed one, the one in the
    source tree. Empty paths are skipped. */
struct ModelSearch
{
    std::filesystem::path asked;       // --model: an error if it does not exist
    std::filesystem::path environment; // TABLEREAD_MODEL: likewise
    std::filesystem::path installed;   // share/tableread/models/mini next to the program's folder
    std::filesystem::path sourceTree;  // Assets/models/mini, for a program in its build folder

    static ModelSearch current (std::filesystem::path asked, const std::filesystem::path& executable);
};

/** The folder of the model. The requested one, and the environment's, may also be a folder of the Hugging Face hub's cache
    (models--ORG--NAME), or the name of a repository in it ("org/name"). Sentences about what was chosen go to `note`,
    which may be empty.
    @returns an error that names what is missing and all places that were searched, or what is there instead. */
[[nodiscard]] Result<std::filesystem::path>
findModel (const ModelSearch& search, const std::function<void (const std::string&)>& note = {});

/** Prints each sentence on the session's err, which must outlive it. */
std::function<void (const std::string&)> notesTo (const Session& session);

/** "cpu", "cuda" or "auto". */
DeviceKind deviceKind (const std::string& name);

void addDeviceOption (CLI::App& command, std::string& device);

/** The options of every subcommand that loads a model. */
struct ModelOptions
{
    std::filesystem::path model; // empty: the embedded one
    std::string dtype = "fp32";
    std::string device = "auto";
    int threads = 0;
    bool randomWeights = false; // in the shapes of the model's config.json

    void addTo (CLI::App& command);

    /** All but --model. */
    void addSettingsTo (CLI::App& command);

    /** @throws Exception NotFound if there is no such model. */
    LoadOptions resolve (const Session& session) const;
};

/** How a shelf reads its voices. */
struct ShelfOptions
{
    /** Gets sentences about what may impair a voice. */
    std::function<void (const std::string&, const VoiceReference&)> note = {};
    ReaderProcess process = {};       // where recordings are decoded
    VoiceShelf::Folders folders = {}; // where recordings may lie
};

/** A model's voices, and recordings, prepared as this model's configuration requires.
    @throws Exception if the configuration cannot be read. */
VoiceShelf shelfOf (const std::filesystem::path& model, ShelfOptions options = {});
} // namespace tableread::engine
