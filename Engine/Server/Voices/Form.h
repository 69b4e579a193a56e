// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Server/Http/Parsing/Multipart.h"

namespace tableread::engine
{
/** What a client sends with a voice: OpenAI's fields, of which the consent is a text here and may be left out. */
struct VoiceForm
{
    std::string name, consent;
    std::string recordingField; // as the client calls it: audio_sample or file
    std::string_view recording;
    std::vector<std::string> warnings; // on fields that are not used, in words (ASCII)
};

/** @returns InvalidInput with the field if one is missing, there twice or unusable; Unsupported for another type of voice
    than a recording. */
[[nodiscard]] Result<VoiceForm> readVoiceForm (std::span<const FormPart> parts);
} // namespace tableread::engine
