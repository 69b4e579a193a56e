// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tableread::plugin
{
/** Whether a window can be opened: JUCE's end the host where there is no X server. Message thread. */
bool hasDisplay();
} // namespace tableread::plugin
