// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Finder.h"

#include <utility>

namespace tableread::engine
{
Result<VoiceFile> VoiceFinder::find (const VoiceReference& reference) const
{
    if (! reference.id.empty())
    {
        if (auto file = own.find (reference.id); ! file.empty()) // its name is its id
            return VoiceFile { std::move (file), reference.id };
        const auto record = uploaded.byId (reference.id);
        if (! record)
            return tl::make_unexpected (record.error());
        return VoiceFile { uploaded.recordingOf (*record), record->name };
    }
    auto located = own.locate (reference);
    if (located || ! reference.path.empty())
        return located;
    if (const auto record = uploaded.byName (reference.name))
        return VoiceFile { uploaded.recordingOf (*record), record->name };
    located.error().message += " GET /v1/audio/voices lists those that were uploaded.";
    return located;
}

Result<VoiceFile> VoiceFinder::find (VoiceReference reference, const VoiceAliases& aliases) const
{
    const bool isOwnAlias = aliases.own.find (reference.name) != aliases.own.end();
    if (isOwnAlias || ! uploaded.byName (reference.name))
        reference.name = aliases.resolve (reference.name, own.names());
    return find (reference);
}
} // namespace tableread::engine
