// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "Offload/Profile.h"

namespace tableread::engine
{
/** A profile as a trace in Chrome's JSON, which ui.perfetto.dev and chrome://tracing show: a track each for the host, the
    compute queue and the copy queue, as far as they did anything, spans that lie within each other as such. Times are in
    microseconds, to the nanosecond. `title` names the process. */
std::string chromeTrace (std::span<const ProfileSpan> spans, const std::string& title);
} // namespace tableread::engine
