// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "Offload/Profile.h"

namespace tableread::engine
{
/** The parts of a frame: the meaning of ProfileSpan::part. */
enum class FramePart : int
{
    None,
    Prompt, // before the first frame
    LanguageModel,
    DiffusionHead,
    Decoder,
    SemanticEncoder,
    Sound // diffusion head, decoder and semantic encoder, if one graph does all three and they cannot be timed apart
};

std::string_view nameOf (FramePart part);

/** Converts to a span's number, and back. */
constexpr int numberOf (FramePart part)
{
    return static_cast<int> (part);
}
constexpr FramePart partOf (const ProfileSpan& span)
{
    return static_cast<FramePart> (span.part);
}
} // namespace tableread::engine
