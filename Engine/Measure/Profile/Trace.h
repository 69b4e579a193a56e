// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "Offload/Profile.h"

namespace tableread::engine
{
/** A profile as a trace in Chrome's JSON, for ui.perfetto.dev and chrome://tracing: one track each for the host, the
    compute queue and the copy queue if they have any spans; nested spans stay nested. Times are in microseconds,
    with a resolution of a nanosecond. `title` names the process. */
std::string chromeTrace (std::span<const ProfileSpan> spans, const std::string& title);
} // namespace tableread::engine
