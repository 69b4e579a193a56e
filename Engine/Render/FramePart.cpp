// SPDX-License-Identifier: Apache-2.0
#include "Render/FramePart.h"

namespace tableread::engine
{
std::string_view nameOf (FramePart part)
{
    switch (part)
    {
        case FramePart::None:
            return "other";
        case FramePart::Prompt:
            return "prompt";
        case FramePart::LanguageModel:
            return "language model";
        case FramePart::DiffusionHead:
            return "diffusion head";
        case FramePart::Decoder:
            return "decoder";
        case FramePart::SemanticEncoder:
            return "semantic encoder";
        case FramePart::Sound:
            return "head + decoder + semantic encoder (one graph)";
    }
    return "unknown";
}
} // namespace tableread::engine
