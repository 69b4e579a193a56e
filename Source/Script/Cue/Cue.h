// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tableread
{
/** The beginning of a line, if that may be a speaker's name.

    Plain cues (findCue):
    Certain    one to five words, each with a capital (or in a writing system without capitals), small words such as
               "of" and "von" between; at most 40 characters; then a colon and a space, a letter or an opening quote.
               "Speaker 1" in any case.
    Lowercase  one word without a capital: "anna: hi", but also "remember: never".
    Glued      a colon directly followed by anything else: "Anna:10 o'clock", but also "Rev 3:16".
    None of these: "He said: go", "10:30", "http://…" (unless a speaker is called http), "Well, Anna: come".

    Other forms (findCueForm):
    Decorated  a name with a list's mark, a quote, a time …: "**Anna:**", "- Anna:", "[00:01] Anna:", "1st Witch:"
    Comma      "Marsh, Ben:", but also "Well, Anna:"
    Named      only who is known is meant by it: "[Anna] hi", "old man: hi"
    Text       any other short text before a colon: spoken, unless exactly these words are known as a name */
struct Cue
{
    enum class Kind
    {
        Certain,
        Lowercase,
        Glued,
        Decorated,
        Comma,
        Named,
        Text
    };

    Kind kind = Kind::Certain;
    std::u32string name = {};         // bare; "Speaker 1" in this spelling, even if written differently
    std::u32string direction = {};    // "whispering" in "Anna (whispering): …"
    std::u32string_view text = {};    // after the colon
    std::u32string_view written = {}; // up to the colon, as it is in the line
};

/** A plain cue. `line` must be trimmed and outlive the result. */
std::optional<Cue> findCue (std::u32string_view line);

/** A cue in another form, for a line in which findCue() finds none. */
std::optional<Cue> findCueForm (std::u32string_view line);

/** The N in a name "Speaker N"; empty for other names. */
std::optional<long> speakerNumber (std::u32string_view name);
} // namespace tableread
