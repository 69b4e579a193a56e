// SPDX-License-Identifier: Apache-2.0
#include "Command/Cast.h"

#include <algorithm>
#include <map>
#include <set>

#include "Script/Text.h"

namespace tableread::engine
{
namespace
{
std::u32string folded (const std::string& name)
{
    const auto text = decodeUtf8 (name);
    return text ? foldCase (*text) : std::u32string (name.begin(), name.end());
}

struct NoCase
{
    bool operator() (const std::string& a, const std::string& b) const { return folded (a) < folded (b); }
};

using VoiceByName = std::map<std::string, std::string, NoCase>;

tl::unexpected<Error> refused (std::string message)
{
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, std::move (message), {} });
}

Result<VoiceByName> readOptions (std::span<const std::string> options)
{
    VoiceByName voices;
    for (const auto& option : options)
    {
        const auto equals = option.find ('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == option.size())
            return refused ("--voice \"" + option +
                            "\" is not NAME=FILE. Write it as --voice \"Anna=anna.wav\".");
        const auto name = option.substr (0, equals);
        if (! voices.emplace (name, option.substr (equals + 1)).second)
            return refused ("--voice is given twice for \"" + name + "\". Give one voice for each speaker.");
    }
    return voices;
}

/** A file if there is one, else a voice of the model by that name, else the file that is not there: its reader says so. */
protocol::VoiceReference voiceOf (const std::string& speaker, const std::string& value,
                                  const VoiceShelf& shelf)
{
    std::error_code none;
    if (! std::filesystem::exists (value, none) && ! shelf.find (value).empty())
        return { speaker, shelf.find (value) };
    return { speaker, value };
}

std::string joined (const std::vector<std::string>& names)
{
    std::string all;
    for (const auto& name : names)
        all += (all.empty() ? "" : ", ") + name;
    return all;
}
} // namespace

Result<Cast> castVoices (std::span<const std::string> speakers, std::span<const std::string> voiceOptions,
                         const VoiceShelf& shelf)
{
    auto asked = readOptions (voiceOptions);
    if (! asked)
        return tl::make_unexpected (asked.error());

    Cast cast;
    std::vector<std::string> voiceless;
    std::set<std::filesystem::path> used;
    for (const auto& speaker : speakers)
    {
        const auto option = asked->find (speaker);
        if (option != asked->end())
            cast.voices.push_back (voiceOf (speaker, option->second, shelf));
        else
            cast.voices.push_back ({ speaker, shelf.find (speaker) });
        used.insert (cast.voices.back().path);
        if (cast.voices.back().path.empty())
            voiceless.push_back (speaker);
    }

    std::vector<std::filesystem::path> rest;
    for (const auto& name : shelf.names())
        if (! used.contains (shelf.find (name)))
            rest.push_back (shelf.find (name));
    if (! voiceless.empty() && (! voiceOptions.empty() || rest.size() < voiceless.size()))
    {
        const auto names = joined (shelf.names());
        return refused ((voiceless.size() == 1 ? "speaker \"" + voiceless[0] + "\" has no voice."
                                               : "speakers without a voice: " + joined (voiceless) + ".") +
                        " Give one with --voice \"" + voiceless[0] + "=recording.wav\"" +
                        (names.empty() ? "." : "; the model's own voices are " + names + "."));
    }
    std::string given;
    auto next = rest.begin();
    for (auto& voice : cast.voices)
        if (voice.path.empty())
        {
            voice.path = *next++;
            given += (given.empty() ? "" : ", ") + voice.name + " = " + voice.path.stem().string();
        }
    if (! given.empty())
        cast.notes.push_back ("no --voice was given, so the model's own are used: " + given + ".");
    for (const auto& [name, file] : *asked)
        if (std::none_of (speakers.begin(), speakers.end(),
                          [&name = name] (const auto& speaker) { return folded (speaker) == folded (name); }))
            cast.notes.push_back ("--voice for \"" + name +
                                  "\" is not used: the script has no such speaker.");
    return cast;
}
} // namespace tableread::engine
