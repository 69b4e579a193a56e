// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/HostMusic.h"

namespace tableread::plugin
{
namespace
{
constexpr double secondsPerMinute = 60.0;
} // namespace

double HostMusic::quartersAt (double seconds) const
{
    return beat.quarters + (seconds - beat.seconds) * tempo / secondsPerMinute;
}

double HostMusic::secondsAt (double quarters) const
{
    return beat.seconds + (quarters - beat.quarters) * secondsPerMinute / tempo;
}
} // namespace tableread::plugin
