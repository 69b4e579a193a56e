// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Shelf.h"

#include <algorithm>
#include <array>

#include "Passage/Names.h"

namespace tableread::engine
{
VoiceShelf::VoiceShelf (const std::filesystem::path& modelFolder, Reader readWith, Folders allowed)
    : reader (std::move (readWith))
    , folders (std::move (allowed))
{
    constexpr std::array<std::string_view, 4> endings { ".wav", ".flac", ".ogg", ".mp3" };
    std::error_code none; // ignored: a model without this folder has no voices
    for (const auto& entry : std::filesystem::directory_iterator (modelFolder / "voices", none))
    {
        const auto& file = entry.path();
        const auto ending = foldedName (file.extension().string());
        if (std::find (endings.begin(), endings.end(), ending) != endings.end())
            files.emplace (foldedName (file.stem().string()), file);
    }
}

std::vector<std::string> VoiceShelf::names() const
{
    std::vector<std::string> result;
    for (const auto& [key, file] : files)
        result.push_back (file.stem().string());
    return result;
}

std::filesystem::path VoiceShelf::find (std::string_view name) const
{
    const auto found = files.find (foldedName (name));
    return found == files.end() ? std::filesystem::path() : found->second;
}

/** Whether a file lies in one of the allowed folders, wherever links lead. */
bool VoiceShelf::isAllowed (const std::filesystem::path& file) const
{
    std::error_code none; // what does not exist lies nowhere
    const auto place = std::filesystem::weakly_canonical (file, none);
    return ! folders || std::any_of (folders->begin(), folders->end(), [&] (const auto& folder) {
        const auto root = std::filesystem::weakly_canonical (folder, none);
        const auto ends = std::mismatch (root.begin(), root.end(), place.begin(), place.end());
        return ! root.empty() && ends.first == root.end();
    });
}

Result<ShelfVoice> VoiceShelf::fetch (const VoiceReference& reference, const Limits& limits) const
{
    const auto voice = locate (reference);
    if (! voice)
        return tl::make_unexpected (voice.error());
    return read (*voice, limits);
}

Result<VoiceFile> VoiceShelf::locate (const VoiceReference& reference) const
{
    if (! reference.path.empty())
    {
        if (! isAllowed (reference.path))
            return tl::make_unexpected (
                Error { ErrorCode::InvalidInput,
                        "recordings may not come from " + reference.path.parent_path().string() +
                            ". Use one of the model's voices, or start the engine with --voice-folder.",
                        {} });
        return VoiceFile { reference.path,
                           reference.name.empty() ? reference.path.stem().string() : reference.name };
    }
    const auto file = find (reference.name);
    if (! file.empty())
        return VoiceFile { file, reference.name };
    std::string there;
    for (const auto& name : names())
        there += (there.empty() ? "" : ", ") + name;
    return tl::make_unexpected (Error { ErrorCode::NotFound,
                                        "voice \"" + reference.name + "\" is not one of the model's (" +
                                            (there.empty() ? "it has none" : there) +
                                            "). Name one of those, or give a recording by its path.",
                                        {} });
}
} // namespace tableread::engine
