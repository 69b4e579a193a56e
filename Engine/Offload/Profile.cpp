// SPDX-License-Identifier: Apache-2.0
#include "Offload/Profile.h"

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

ProfileTrack trackOf (ProfileSpan::Kind kind)
{
    using Kind = ProfileSpan::Kind;
    switch (kind)
    {
        case Kind::Step:
        case Kind::Part:
        case Kind::HostWait:
        case Kind::TrimWait:
        case Kind::Trim:
            return ProfileTrack::Host;
        case Kind::Queue:
        case Kind::Work:
        case Kind::CopyWait:
            return ProfileTrack::Compute;
        case Kind::Copy:
            return ProfileTrack::Copy;
    }
    return ProfileTrack::Host;
}
} // namespace tableread::engine
