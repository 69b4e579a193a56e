// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "Project/Document.h"
#include "Take/SampleStore.h"

namespace tableread::engine
{
/** A take in the sound of a whole project. */
struct PlacedTake
{
    const project::TakeRecord* take = nullptr;
    ModelSamples start {};
    float gain = 1.0f; // 0: it is not heard
};

struct Playlist
{
    std::vector<PlacedTake> takes;    // in the order in which they are summed
    ModelSamples end {};              // with the silence after the last
    std::vector<std::string> unheard; // sentences on what lies before 0, which is left out
};

/** The takes that are heard (Takes.h), where the timeline has them. Every passage must have a take. */
Playlist playlistOf (const project::Document& document);

/** Gives away the sum of the takes, from 0 to the end, in blocks: the samples that a PlanReader gives. In memory are only
    the takes of one block. @throws Exception if a take cannot be read. */
void play (const Playlist& playlist, SampleStore& store,
           const std::function<void (std::span<const float>)>& out);
} // namespace tableread::engine
