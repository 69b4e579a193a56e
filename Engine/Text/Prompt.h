// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "Script/SpokenLine.h"
#include "Text/Tokenizer.h"

namespace tableread::engine
{
/** What the language model reads before it speaks (reference: vibevoice.md 3.2). */
struct Prompt
{
    std::vector<std::int64_t> ids;
    std::int64_t prefix = 0; // ids before the lines, which depend on nothing but the voices' lengths
    std::vector<std::int64_t> voicePositions; // index in ids of every voice frame, one voice after the other
};

/** Joins the system text, one block of `voiceFrames[i]` frames per voice, the lines and the start of speech.

    A line's speaker is an index into the voices, or any small number if there are none. White space at both ends of a
    text is removed, and a run of line breaks in it becomes one space. Without voices there is no voice header, and
    the model invents them.

    @throws Exception InvalidInput: no lines, a line without text, a speaker without a voice, a voice without frames. */
Prompt buildPrompt (const Tokenizer& tokenizer, std::span<const std::int64_t> voiceFrames,
                    std::span<const SpokenLine> lines);
} // namespace tableread::engine
