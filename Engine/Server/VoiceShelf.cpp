// SPDX-License-Identifier: Apache-2.0
#include "Server/VoiceShelf.h"

#include <algorithm>
#include <array>

#include "Passage/Names.h"

namespace tableread::engine
{
VoiceShelf::VoiceShelf (const std::filesystem::path& modelFolder, Reader reader) : read (std::move (reader))
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

Result<ShelfVoice> VoiceShelf::fetch (const VoiceReference& reference) const
{
    if (! reference.path.empty())
        return read (reference.path,
                     reference.name.empty() ? reference.path.stem().string() : reference.name);
    const auto file = find (reference.name);
    if (! file.empty())
        return read (file, reference.name);
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
