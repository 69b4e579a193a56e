// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Checkpoint/Checkpoint.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** What one part of the model must read and compute for one frame, whatever the program. */
struct PartWork
{
    double bytes = 0;       // of weights, each once
    double rereadBytes = 0; // of the same weights, for the steps after the first
    double operations = 0;  // floating-point, a multiply-add counting two
};

/** Of the parts that RenderReport::times tells apart. Left out, since small beside the weights: attention over what was
    said before, activations, norms. */
struct ModelWork
{
    PartWork languageModel, diffusionHead, decoder, semanticEncoder;
};

struct WorkSettings
{
    int steps = 10;
    bool guided = true;                               // two rows in each product of language model and head
    double bytesPerWeight = 4.0;                      // in memory, whatever the file has
    WeightsFormat layers = WeightsFormat::AsComputed; // in 8 bits: a byte, and four for each output's scale
};

/** Counts from the tensors' names and shapes. Head: what depends on the frame's condition alone is read once a frame,
    the rest once a step. Codec: each convolution at the rate of its stage. */
ModelWork workOfOneFrame (const Checkpoint& checkpoint, const WorkSettings& settings);
} // namespace tableread::engine
