// SPDX-License-Identifier: Apache-2.0
#include "Offload/Profile.h"

namespace tableread::engine
{
ProfileTrack trackOf (ProfileSpan::Kind kind)
{
    using Kind = ProfileSpan::Kind;
    switch (kind)
    {
        case Kind::Step:
        case Kind::Part:
        case Kind::Attention:
        case Kind::Products:
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
