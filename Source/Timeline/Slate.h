// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace tableread
{
/** What marks a line that an offline bounce gave up: a second of 1 kHz with a peak of -20 dBFS. */
std::vector<float> makeSlate (double hostRateHz);
} // namespace tableread
