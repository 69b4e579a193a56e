// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Engine/Command/RenderFixture.h"
#include "Project/Edit.h"
#include "Project/File/Place.h"
#include "Support/MemoryStore.h"

namespace tableread::test
{
/** A store that outlives the commands that open it. */
class OpenedStore : public SampleStore
{
public:
    explicit OpenedStore (MemoryStore& opened) : store (opened) {}

    bool has (const SamplesName& name) override { return store.has (name); }
    Result<Samples> load (const SamplesName& name) override { return store.load (name); }
    Result<void> keep (std::span<const float> samples) override { return store.keep (samples); }
    Result<std::string> file (const SamplesName& name) override { return store.file (name); }
    Result<void> keepFile (const SamplesName& name, const std::string& bytes) override
    {
        return store.keepFile (name, bytes);
    }
    Result<Samples> decode (const SamplesName& name, const std::string& bytes) override
    {
        return store.decode (name, bytes);
    }

private:
    MemoryStore& store;
};

/** Makes a project and renders it. */
struct ProjectFixture : RenderFixture
{
    ProjectFixture()
    {
        takes = [this] (const Settings&) { return std::make_unique<OpenedStore> (store); };
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

    MemoryStore store;
};
} // namespace tableread::test
