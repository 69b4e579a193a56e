// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "EngineLink/Protocol.h"
#include "Script/Typography.h"

namespace tableread::engine
{
/** A speech request that can be rendered: `lines` and `voices` are filled even if a plain OpenAI client sent only
    `input` and `voice`, and each line is one non-empty line of text as the model gets it, without invisible characters.
    Without voices the model invents them. */
struct CheckedRequest
{
    protocol::SpeechRequest request;
    bool voiceIsNamed = false;         // by the field `voice`, not by a list of voices
    std::vector<std::string> warnings; // on fields that this engine does not know or use, in words (ASCII)
};

/** Reads a request's body. @returns errors of protocol::parseSpeechRequest(); InvalidInput if a line is empty;
    Unsupported for features of OpenAI's API that this engine lacks (speed, server-sent events). */
[[nodiscard]] Result<CheckedRequest> checkRequest (std::string_view body, Typography typography);

/** One line of text as the model gets it: what the script's parser does for `render`. */
std::string spokenText (const std::string& text, Typography typography);

/** A field's name in a form that is valid in an HTTP header. */
std::string printableField (std::string name);
} // namespace tableread::engine
