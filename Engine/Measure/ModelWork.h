// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Checkpoint/Checkpoint.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** What one part of the model must read and compute for one frame, in any implementation. */
struct PartWork
{
    double bytes = 0;       // of weights, each once
    double rereadBytes = 0; // of the same weights, for the steps after the first
    double operations = 0;  // floating-point, a multiply-add counts as two
};

/** The work of the parts in RenderReport::times. Left out, since they are small compared to the weights: attention over
    earlier speech, activations, norms. */
struct ModelWork
{
    PartWork languageModel, diffusionHead, decoder, semanticEncoder;
};

struct WorkSettings
{
    int steps = 10;
    bool guided = true;                               // two rows in each product of language model and head
    double bytesPerWeight = 4.0;                      // in memory, not in the file
    WeightsFormat layers = WeightsFormat::AsComputed; // in 8 bits: one byte, and four for each output's scale
};

/** Counts from the tensors' names and shapes. Head: what depends only on the frame's condition is read once per frame,
    the rest once per step. Codec: each convolution at the rate of its stage. */
ModelWork workOfOneFrame (const Checkpoint& checkpoint, const WorkSettings& settings);
} // namespace tableread::engine
