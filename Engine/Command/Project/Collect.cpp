// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Collect.h"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "Core/SameFile.h"
#include "Project/File/Collect.h"
#include "Project/File/Place.h"
#include "Settings/Settings.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
namespace
{
/** How many of the takes have audio, which is embedded. */
std::int64_t embeddedTakes (const project::Content& content)
{
    return content.audio == nullptr
               ? 0
               : std::count_if (content.document->takes.begin(), content.document->takes.end(),
                                [&] (const auto& take) { return content.audio->contains (take->audio); });
}

std::int64_t takesWithAudio (const project::Content& content)
{
    return std::count_if (content.document->takes.begin(), content.document->takes.end(),
                          [] (const auto& take) { return ! take->audio.empty(); });
}

project::Content collected (const project::Content& content, const CollectProjectOptions& options,
                            Session& session)
{
    if (options.drops)
        return project::withoutAudio (content);
    if (! session.takes)
        fail (ErrorCode::Unsupported, "there is no take store to take the audio from.");
    const auto store = session.takes (orThrow (readSettings (SettingsPlace::current (options.settings))));
    return orThrow (project::collect (content, *store));
}
} // namespace

int collectProject (const CollectProjectOptions& options, Session& session)
{
    if (! options.out.empty())
        orThrow (project::checkName (options.out));
    const bool isInPlace = options.out.empty() || isSameFile (options.out, options.file);
    const auto content = collected (orThrow (project::readProject (options.file)), options, session);
    const auto& out = isInPlace ? options.file : options.out;
    orThrow (project::writeProject (out, content,
                                    isInPlace ? project::Existing::Replace : project::Existing::Refuse));
    const auto embedded = embeddedTakes (content), all = takesWithAudio (content);
    if (! options.quiet)
    {
        for (const auto& note : content.notes)
            session.err << note << '\n';
        session.err << fmt::format ("Wrote {}: it holds the audio of {} of {} take{}.\n", out.string(),
                                    embedded, all, all == 1 ? "" : "s");
    }
    return options.drops || embedded == all ? exitOk : exitCut;
}
} // namespace tableread::engine
