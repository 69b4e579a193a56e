// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "Timeline/Layout.h"

namespace tableread::playback
{
/** Indices of places in the order in which they are heard from the playhead on: those that end behind it by their starts,
    then those before it. */
std::vector<std::size_t> orderFrom (ModelSamples playhead, std::span<const Place> places);
} // namespace tableread::playback
