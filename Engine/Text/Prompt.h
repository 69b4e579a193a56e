// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "Text/Tokenizer.h"

namespace tableread::engine
{
struct PromptLine
{
    int speaker = 0; // index into the voices, or any small number where there are none
    std::string text;
};

/** What the language model reads before it speaks (reference: vibevoice.md 3.2). */
struct Prompt
{
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> voicePositions; // index in ids of every voice frame, voice after voice
};

/** Lays out system text, one block of `voiceFrames[i]` frames per voice, the lines and the start of speech.

    Text is stripped of white space at both ends, and a run of line breaks inside it becomes one space. Without
    voices there is no voice header, and the model invents them.

    @throws Exception InvalidInput: no lines, a line without text, a speaker without a voice, a voice without frames. */
Prompt buildPrompt (const Tokenizer& tokenizer, std::span<const std::int64_t> voiceFrames,
                    std::span<const PromptLine> lines);
} // namespace tableread::engine
