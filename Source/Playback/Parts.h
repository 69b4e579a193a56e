// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Playback/Score.h"
#include "Playback/Timing.h"
#include "Project/Document.h"

namespace tableread::playback
{
/** A document as it is to be heard. */
Score scoreOf (const project::Document& document, const HostBeat& beat = {});
} // namespace tableread::playback
