// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** A speech request that can be rendered: `lines` and `voices` are filled also where a plain OpenAI client gave only
    `input` and `voice`, and each line is one non-empty line of text. No voices: the model invents them. */
struct CheckedRequest
{
    protocol::SpeechRequest request;
    std::vector<std::string>
        warnings; // fields that this engine does not know or does not use, in words (ASCII)
};

/** Reads a request's body. @returns errors of protocol::parseSpeechRequest(); InvalidInput if a line is empty; Unsupported for what OpenAI's API has and this engine has not (speed, server-sent events). */
[[nodiscard]] Result<CheckedRequest> checkRequest (std::string_view body);
} // namespace tableread::engine
