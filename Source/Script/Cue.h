// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tableread
{
/** What a line has in front of its first colon, if that may be a speaker's name.

    Certain    one to five words, each with a capital (or in a writing system without capitals), small words such as "of" and
               "von" between; at most 40 characters; then a colon and a space, a letter or an opening quote.
               "Speaker 1" in any case.
    Lowercase  one word without a capital: "anna: hi", but also "remember: never".
    Glued      a colon that is followed at once by something else: "Anna:10 o'clock", but also "Rev 3:16".
    None of these: "He said: go", "10:30", "http://…" (unless a speaker is called http), "Well, Anna: come". */
struct Cue
{
    enum class Kind
    {
        Certain,
        Lowercase,
        Glued
    };

    Kind kind = Kind::Certain;
    std::u32string name;      // "Speaker 1" however it was written
    std::u32string direction; // of "Anna (whispering): …"
    std::u32string_view text; // behind the colon
};

/** `line` is trimmed and outlives the result. */
std::optional<Cue> findCue (std::u32string_view line);

/** N of a name "Speaker N". */
std::optional<long> speakerNumber (std::u32string_view name);
} // namespace tableread
