// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "Project/Casting.h"
#include "Project/File/Format.h"
#include "Project/Project.h"

namespace tableread::test
{
/** A long script of two who take turns. */
inline std::string manyLines (int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += (i % 2 == 0 ? "Anna: You are late again, and the soup is cold by now. Number "
                            : "Ben: The train stood still for an hour between two stations. Number ") +
                std::to_string (i) + ".\n";
    return text;
}

/** What a host's session has of a project with this script, whose speakers have voices, and which was being rendered. */
struct StateText
{
    std::string script;
    std::uint64_t seed = 0;
    bool rendersAhead = true;
    std::function<void (project::Project&)> change {}; // what else was edited

    std::string text() const
    {
        project::Project source;
        auto settings = source.document()->settings;
        settings.seed = seed;
        const bool isMade = source.edit (project::SetSettings { std::move (settings) }) &&
                            source.edit (project::SetScript { script });
        if (! isMade)
            throw std::runtime_error ("no such project");
        source.giveVoices (project::embeddedVoices());
        if (change)
            change (source);
        auto document = *source.document();
        document.settings.host.rendersAhead = rendersAhead;
        return project::toText ({ std::make_shared<const project::Document> (std::move (document)) });
    }
};

/** For StateText::change: a bounce waits for a second without progress. */
inline void makeImpatient (project::Project& source)
{
    auto settings = source.document()->settings;
    settings.patienceSeconds = 1;
    if (! source.edit (project::SetSettings { std::move (settings) }))
        throw std::runtime_error ("no such settings");
}

/** The document in a state that a plugin gave. */
inline project::Document documentIn (const std::string& state)
{
    return *project::parse (state, "the state").value().document;
}
} // namespace tableread::test
