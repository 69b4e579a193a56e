// SPDX-License-Identifier: Apache-2.0
#include "Project/Requests.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <span>

#include "Core/ContentHash.h"
#include "Passage/Names.h"
#include "Project/Casting.h"
#include "Project/Lookup.h"

namespace tableread::project
{
namespace
{
/** Numbers and texts as bytes, no two sequences of them alike. */
class Canonical
{
public:
    void number (std::uint64_t value)
    {
        for (int shift = 0; shift < 64; shift += 8)
            bytes += (char) (unsigned char) (value >> shift & 0xffu);
    }

    void text (std::string_view value)
    {
        number (value.size());
        bytes += value;
    }

    std::string hash() const { return hashOfBytes (std::as_bytes (std::span (bytes))); }

private:
    std::string bytes;
};

/** The lines of a passage, and the voices that their speakers are numbers of. */
struct Spoken
{
    std::vector<SpokenLine> lines;
    std::vector<Part> parts;
};

Spoken spokenOf (const Document& document, const PassageView& passage)
{
    Spoken spoken;
    spoken.lines.reserve (passage.count);
    for (auto place = passage.first; place < passage.first + passage.count; ++place)
    {
        const auto& line = *document.lines[place];
        const auto part = partOf (document, line);
        const auto known = std::find (spoken.parts.begin(), spoken.parts.end(), part);
        spoken.lines.push_back ({ (int) (known - spoken.parts.begin()), line.text });
        if (known == spoken.parts.end())
            spoken.parts.push_back (part);
    }
    return spoken;
}

void addVoice (Canonical& canonical, const Part& part)
{
    if (part.mood == nullptr)
        return canonical.text ("none");
    const auto& voice = part.mood->voice;
    if (! part.mood->content.empty())
    {
        canonical.text ("content");
        canonical.text (part.mood->content);
    }
    else if (! voice.path.empty())
    {
        canonical.text ("path");
        canonical.text (voice.path.native());
    }
    else
    {
        canonical.text (voice.id.empty() ? "name" : "id");
        canonical.text (voice.id.empty() ? foldedName (voice.name) : voice.id);
    }
}
} // namespace

std::uint64_t seedOf (const Document& document, const PassageView& passage)
{
    const auto& line = *document.lines[passage.first];
    if (line.reroll == 0)
        return document.settings.seed;
    Canonical canonical;
    canonical.number (document.settings.seed);
    canonical.number (line.id.value);
    canonical.number (line.reroll);
    const auto digits = canonical.hash().substr (0, 16);
    std::uint64_t seed = 0;
    std::from_chars (digits.data(), digits.data() + digits.size(), seed, 16);
    return seed;
}

protocol::SpeechRequest requestOf (const Document& document, const PassageView& passage)
{
    auto [lines, parts] = spokenOf (document, passage);
    protocol::SpeechRequest request;
    request.lines = std::move (lines);
    for (const auto& part : parts)
        request.voices.push_back (part.mood != nullptr ? part.mood->voice : VoiceReference {});
    request.seed = seedOf (document, passage);
    request.guidanceScale = document.settings.guidanceScale;
    request.steps = document.settings.steps;
    return request;
}

std::string nameOf (const Document& document, const PassageView& passage)
{
    return nameOf (document, passage, seedOf (document, passage));
}

std::string nameOf (const Document& document, const PassageView& passage, std::uint64_t seed)
{
    const auto [lines, parts] = spokenOf (document, passage);
    const auto& guidance = document.settings.guidanceScale;
    Canonical canonical;
    canonical.text ("request 1");
    canonical.number (lines.size());
    for (const auto& line : lines)
    {
        canonical.number ((std::uint64_t) line.speaker);
        canonical.text (line.text);
    }
    canonical.number (parts.size());
    for (const auto& part : parts)
        addVoice (canonical, part);
    canonical.number (seed);
    canonical.number ((std::uint64_t) document.settings.steps);
    canonical.number (guidance ? 1 : 0);
    if (guidance)
        canonical.number (std::bit_cast<std::uint32_t> (*guidance + 0.0f)); // -0 is 0
    return canonical.hash();
}

bool isOutdated (const Document& document, const PassageView& passage, const TakeRecord& take)
{
    return take.request != nameOf (document, passage, take.seed);
}

bool isWhole (const TakeRecord& take)
{
    return take.state == TakeRecord::State::Done || take.state == TakeRecord::State::CutOff;
}

Choices::Choices (const Document& source) : document (source)
{
    for (const auto& take : document.takes)
        if (isWhole (*take))
            newest[take->request] = take.get();
}

Choice Choices::of (const PassageView& passage) const
{
    const auto& line = *document.lines[passage.first];
    if (const auto chosen = line.chosen ? placeOf (document, line.chosen) : std::nullopt)
    {
        const auto& take = *document.takes[*chosen];
        return { &take, isOutdated (document, passage, take) };
    }
    if (const auto found = newest.find (nameOf (document, passage)); found != newest.end())
        return { found->second, false };
    const auto own = std::find_if (document.takes.rbegin(), document.takes.rend(), [&] (const auto& take) {
        return take->line == line.id && isWhole (*take);
    });
    if (! line.isLocked || own == document.takes.rend())
        return {};
    return { own->get(), isOutdated (document, passage, **own) };
}

Choice choiceOf (const Document& document, const PassageView& passage)
{
    return Choices (document).of (passage);
}
} // namespace tableread::project
