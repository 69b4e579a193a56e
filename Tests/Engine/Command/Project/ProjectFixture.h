// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Engine/Command/RenderFixture.h"
#include "Project/Edit.h"
#include "Project/File/Place.h"
#include "Take/Store/TakeStore.h"

namespace tableread::test
{
/** Makes a project and renders it. */
struct ProjectFixture : RenderFixture
{
    ProjectFixture()
    {
        takes = [this] (const Settings&) { return std::make_shared<TakeStore> (place); };
    }

    Outcome make (const std::string& script, std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "project", "new", write ("scene.txt", script), "-o", file() };
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }

    Outcome renderProject (std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "render", file() };
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }

    /** To out.wav, with floats. */
    Outcome bounce() { return renderProject ({ "--format", "f32", "-o", path ("out.wav") }); }

    std::string file() const { return path ("scene.tableread"); }

    project::Document document() const { return *project::readProject (file()).value().document; }

    void change (const project::Edit& edit) const
    {
        auto content = project::readProject (file()).value();
        content.document =
            std::make_shared<const project::Document> (project::apply (*content.document, edit).value());
        orThrow (project::writeProject (file(), content));
    }

    /** What the fake says for a line of a project: it knows the voice by its own name. */
    Samples spoken (const std::string& text, const std::string& voice, std::uint64_t seed = 0) const
    {
        RenderSettings settings;
        settings.seed = seed;
        return line (voice, text, voice, settings);
    }

    /** The samples of a take, as the store has them; none: it has lost them. */
    Samples kept (const project::TakeRecord& take)
    {
        return TakeStore (place).load (project::samplesOf (take)).value_or (Samples());
    }

    /** Where the store has them. */
    std::filesystem::path audioOf (const project::TakeRecord& take) const
    {
        return TakeStore (place).fileWith (take.audio);
    }

    void loseAllTakes() const { std::filesystem::remove_all (place.folder / "audio"); }

    /** As if its drive were not mounted. */
    void loseStore()
    {
        std::filesystem::remove_all (place.folder);
        place.namedBy = "TABLEREAD_TAKES";
    }

    /** What the store knows of the takes that the project uses. */
    TakeSession listed() const { return TakeStore (place).session (document().id).value_or (TakeSession()); }

    TemporaryFolder disk;
    TakeStoreOptions place { .folder = disk.path() / "takes" };
};
} // namespace tableread::test
