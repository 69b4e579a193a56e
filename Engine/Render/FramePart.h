// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "Offload/Profile.h"

namespace tableread::engine
{
/** What a frame is made of: the meaning of ProfileSpan::part. */
enum class FramePart : int
{
    None,
    Prompt, // before the first frame
    LanguageModel,
    DiffusionHead,
    Decoder,
    SemanticEncoder,
    Sound // diffusion head, decoder and semantic encoder, where one graph does all three and no clock divides them
};

std::string_view nameOf (FramePart part);

/** For a span, and back. */
constexpr int numberOf (FramePart part)
{
    return static_cast<int> (part);
}
constexpr FramePart partOf (const ProfileSpan& span)
{
    return static_cast<FramePart> (span.part);
}
} // namespace tableread::engine
