// SPDX-License-Identifier: Apache-2.0
#include "Script/Notes.h"

#include <array>
#include <cstddef>

#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostOfAKind = 5;

struct KindText
{
    const char* name;
    const char* more; // "7 more lines …"
};

/** In the order of NoteKind. */
constexpr std::array<KindText, 13> kinds { {
    { "no_speaker", "have text before any speaker is named" },
    { "no_text", "have a name without text" },
    { "spelling", "spell a name differently" },
    { "title", "begin with == and are spoken" },
    { "not_a_speaker", "have words like a speaker's name that are spoken as text" },
    { "hash_spoken", "begin with # and are spoken" },
    { "pause_too_long", "have a pause that is cut" },
    { "pause_unknown", "have a pause that is not understood" },
    { "pause_short", "have a very short pause" },
    { "direction", "have a direction that is not spoken" },
    { "emoji", "have emoji that are left out" },
    { "nothing_to_speak", "have no letter or digit and are left out" },
    { "speaker_numbers", "have other numbers of speakers" },
} };
static_assert (static_cast<std::size_t> (NoteKind::SpeakerNumbers) + 1 == kinds.size());
} // namespace

std::string ScriptNote::sentence() const
{
    return sourceLine == 0 ? text : "line " + std::to_string (sourceLine) + ": " + text;
}

const char* nameOf (NoteKind kind)
{
    return kinds[static_cast<std::size_t> (kind)].name;
}

std::string quoted (std::u32string_view text)
{
    constexpr std::size_t most = 60;
    return '"' + encodeUtf8 (text.substr (0, most)) + (text.size() > most ? "…\"" : "\"");
}

std::vector<std::string> sentencesOf (const std::vector<ScriptNote>& notes)
{
    std::array<std::size_t, kinds.size()> count {};
    std::vector<std::string> sentences;
    for (const auto& note : notes)
        if (++count[static_cast<std::size_t> (note.kind)] <= mostOfAKind)
            sentences.push_back (note.sentence());
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
        if (count[kind] > mostOfAKind)
            sentences.push_back (std::to_string (count[kind] - mostOfAKind) + " more lines " +
                                 kinds[kind].more + "; render --check --json lists all.");
    return sentences;
}
} // namespace tableread
