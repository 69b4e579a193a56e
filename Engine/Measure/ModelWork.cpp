// SPDX-License-Identifier: Apache-2.0
#include "Measure/ModelWork.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>
#include <string_view>

#include "Checkpoint/TensorNames.h"

namespace tableread::engine
{
namespace
{
double elementCount (const TensorView& tensor)
{
    return std::accumulate (
        tensor.shape.begin(), tensor.shape.end(), 1.0,
        [] (double product, std::int64_t size) { return product * static_cast<double> (size); });
}

/** The number after `before` in a name; 0 if there is none. */
std::size_t numberAfter (std::string_view name, std::string_view before)
{
    std::size_t number = 0;
    const auto at = name.find (before);
    if (at != std::string_view::npos)
        std::from_chars (name.data() + at + before.size(), name.data() + name.size(), number);
    return number;
}

/** Positions per frame in each stage, from the codec's input on. */
std::vector<double> positions (const CodecConfig& codec, double first, bool growing)
{
    std::vector<double> rates { first };
    for (const auto ratio : codec.ratios)
        rates.push_back (growing ? rates.back() * static_cast<double> (ratio)
                                 : rates.back() / static_cast<double> (ratio));
    return rates;
}

bool isMatrix (const TensorView& tensor)
{
    return tensor.shape.size() >= 2;
}
} // namespace

ModelWork workOfOneFrame (const Checkpoint& checkpoint, const WorkSettings& settings)
{
    const auto& config = checkpoint.config();
    const double rows = settings.guided ? 2.0 : 1.0;
    const double steps = settings.steps;
    const auto up = positions (config.acousticDecoder, 1.0, true);
    const auto down = positions (config.semanticEncoder, static_cast<double> (config.frameSamples), false);

    ModelWork work;
    const auto add = [&] (PartWork& part, double weights, double reads, double uses) {
        part.bytes += weights * settings.bytesPerWeight;
        part.rereadBytes += weights * settings.bytesPerWeight * (reads - 1.0);
        part.operations += 2.0 * weights * uses;
    };
    for (const std::string_view name : checkpoint.names())
    {
        const auto tensor = checkpoint.tensor (name);
        if (! isMatrix (tensor) || checkpoint.isUnused (name))
            continue;
        const double weights = elementCount (tensor);
        const auto has = [name] (std::string_view piece) {
            return name.find (piece) != std::string_view::npos;
        };
        if (isLayerMatrix (name) && settings.layers != WeightsFormat::AsComputed)
        {
            work.languageModel.bytes += weights + 4.0 * static_cast<double> (tensor.shape[0]);
            work.languageModel.operations += 2.0 * weights * rows;
        }
        else if (name.starts_with ("model.language_model.layers."))
            add (work.languageModel, weights, 1.0, rows);
        else if (name.starts_with ("model.prediction_head.") && ! has ("t_embedder"))
        {
            const bool onceAFrame = has ("cond_proj");
            const bool allStepsInOne = has ("adaLN_modulation");
            add (work.diffusionHead, weights, onceAFrame || allStepsInOne ? 1.0 : steps,
                 rows * (onceAFrame ? 1.0 : steps));
        }
        else if (name.starts_with ("model.acoustic_tokenizer.decoder."))
        {
            const auto stage = has ("upsample_layers.") ? numberAfter (name, "upsample_layers.")
                                                        : numberAfter (name, "stages.");
            const auto at = has (".head.")                  ? up.size() - 1
                            : has (".convtr.") && stage > 0 ? stage - 1
                                                            : stage;
            add (work.decoder, weights, 1.0, up.at (at));
        }
        else if (name.starts_with ("model.semantic_tokenizer.encoder."))
        {
            const auto stage = has ("downsample_layers.") ? numberAfter (name, "downsample_layers.")
                                                          : numberAfter (name, "stages.");
            add (work.semanticEncoder, weights, 1.0, down.at (has (".head.") ? down.size() - 1 : stage));
        }
    }
    return work;
}
} // namespace tableread::engine
