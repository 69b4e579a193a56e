// SPDX-License-Identifier: Apache-2.0
#include "Measure/ModelWork.h"

#include <catch2/catch.hpp>

#include "Support/SafetensorsWriter.h"

using namespace tableread;
using namespace tableread::engine;

TEST_CASE ("The work of a frame is counted from the tensors", "[engine][measure]")
{
    const auto checkpoint = Checkpoint::open (TABLEREAD_ROOT "/Assets/models/mini");
    const auto work = workOfOneFrame (*checkpoint, {});
    // By hand: a layer has 4 projections of 448 x 448 and 3 of 448 x 1216.
    const double layers = 8.0 * (4.0 * 448 * 448 + 3.0 * 448 * 1216);
    CHECK (work.languageModel.bytes == Approx (4.0 * layers));
    CHECK (work.languageModel.rereadBytes == 0);
    CHECK (work.languageModel.operations == Approx (2.0 * 2.0 * layers));

    const double oncePerFrame = 448.0 * 448;                               // cond_proj
    const double conditioned = 3.0 * 1344 * 448 + 896.0 * 448;             // adaLN: all steps in one product
    const double perStep = 448.0 * 64 + 64.0 * 448 + 3.0 * 3 * 1344 * 448; // in, out, FFNs
    CHECK (work.diffusionHead.bytes == Approx (4.0 * (oncePerFrame + conditioned + perStep)));
    CHECK (work.diffusionHead.rereadBytes == Approx (4.0 * 9.0 * perStep));
    CHECK (work.diffusionHead.operations == Approx (4.0 * (oncePerFrame + 10.0 * (conditioned + perStep))));

    const auto unguided =
        workOfOneFrame (*checkpoint, { .steps = 10, .guided = false, .bytesPerWeight = 2.0 });
    CHECK (unguided.languageModel.bytes == Approx (2.0 * layers));
    CHECK (unguided.languageModel.operations == Approx (2.0 * layers));
    CHECK (unguided.decoder.operations == Approx (work.decoder.operations));

    // Layers in 8 bits: a byte a weight and a float for each of their outputs.
    const auto inBytes =
        workOfOneFrame (*checkpoint, { .bytesPerWeight = 2.0, .layers = WeightsFormat::Int8 });
    CHECK (inBytes.languageModel.bytes == Approx (layers + 8.0 * 4.0 * (5.0 * 448 + 2.0 * 1216)));
    CHECK (inBytes.languageModel.operations == Approx (work.languageModel.operations));
    CHECK (inBytes.diffusionHead.bytes == Approx (work.diffusionHead.bytes / 2.0));

    // The last stage of the decoder alone: 2 blocks of 12 filters at 3200 positions, each 4 + 4 times 12 x 12 and
    // 7 taps, plus the head of 7 taps.
    CHECK (work.decoder.operations > 2.0 * 3200 * (2.0 * (8.0 * 12 * 12 + 7.0 * 12) + 7.0 * 12));
    CHECK (work.semanticEncoder.operations > 0);
}
