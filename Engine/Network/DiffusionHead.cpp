// SPDX-License-Identifier: Apache-2.0
#include "Network/DiffusionHead.h"

#include <ATen/ATen.h>
#include <cmath>

#include "Kernels/Silu.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t frequencies = 128; // of the sinusoid, fixed in the original
} // namespace

at::Tensor timestepSinusoid (const std::vector<float>& timesteps)
{
    const auto frequency =
        at::exp (at::arange (frequencies, at::kFloat) * -std::log (10000.0) / (double) frequencies);
    const auto angle = at::tensor (timesteps).unsqueeze (1) * frequency.unsqueeze (0);
    return at::cat ({ at::cos (angle), at::sin (angle) }, 1);
}

DiffusionHead::DiffusionHead (const WeightReader& weights, bool bfloat16Timesteps)
    : settings (weights.checkpoint.config().diffusionHead)
    , roundTimesteps (bfloat16Timesteps)
{
    const std::string root = "model.prediction_head.";
    const auto h = settings.hidden;
    input = weights.linear (root + "noisy_images_proj", h, settings.latent, false);
    condition = weights.linear (root + "cond_proj", h, h, false);
    timestep0 = weights.linear (root + "t_embedder.mlp.0", h, 2 * frequencies, false);
    timestep2 = weights.linear (root + "t_embedder.mlp.2", h, h, false);
    std::vector<at::Tensor> modulations;
    for (std::int64_t l = 0; l < settings.layers; ++l)
    {
        const auto layer = root + "layers." + std::to_string (l) + ".";
        layers.push_back ({ weights.values (layer + "norm.weight", { h }),
                            weights.stacked ({ { layer + "ffn.gate_proj", settings.ffn },
                                               { layer + "ffn.up_proj", settings.ffn } },
                                             h, false, true),
                            weights.linear (layer + "ffn.down_proj", h, settings.ffn, false) });
        modulations.push_back (weights.matrix (layer + "adaLN_modulation.1.weight", { 3 * h, h }));
    }
    modulations.push_back (weights.matrix (root + "final_layer.adaLN_modulation.1.weight", { 2 * h, h }));
    adaptive = weights.packed (at::cat (modulations));
    output = weights.linear (root + "final_layer.linear", settings.latent, h, false);
}

TimestepTable DiffusionHead::timesteps (std::span<const std::int64_t> steps) const
{
    TimestepTable table;
    for (const auto t : steps) // bfloat16 has 8 significant bits: 999 becomes 1000, as in the original
        table.timesteps.push_back (roundTimesteps ? (float) c10::BFloat16 ((float) t) : (float) t);
    table.embedding =
        kernels::linear (kernels::silu (kernels::linear (
                             timestepSinusoid (table.timesteps).to (timestep0.panels.device()), timestep0)),
                         timestep2);
    return table;
}

Modulation DiffusionHead::modulation (const at::Tensor& conditions, const TimestepTable& table) const
{
    const auto n = table.embedding.size (0), rows = conditions.size (0);
    const auto mixed = kernels::linear (conditions, condition).unsqueeze (0) + table.embedding.unsqueeze (1);
    // Steps are entries of a batch, so that a row's bits do not depend on the number of rows.
    return { kernels::linear (kernels::silu (mixed), adaptive).view ({ n, rows, -1 }) };
}

at::Tensor DiffusionHead::operator() (const at::Tensor& noisy, const Modulation& modulation,
                                      std::int64_t step) const
{
    const auto h = settings.hidden;
    const auto rows = modulation.rows[step]; // [R, …]
    const auto part = [&] (std::int64_t index) { return rows.narrow (1, index * h, h); };
    auto x = kernels::linear (noisy, input);
    for (std::int64_t l = 0; l < settings.layers; ++l)
    {
        const auto& layer = layers[(std::size_t) l];
        const kernels::RowNorm norm { layer.norm, settings.normEps, part (3 * l), part (3 * l + 1) };
        const auto inner = kernels::linear (x, layer.gateUp, &norm,
                                            { .activation = kernels::Activation::SwiGlu, .rounded = true });
        kernels::linear (inner, layer.down, nullptr, { .residual = x, .gate = part (3 * l + 2) });
    }
    const kernels::RowNorm norm {
        {}, settings.normEps, part (3 * settings.layers), part (3 * settings.layers + 1)
    };
    return kernels::linear (x, output, &norm);
}
} // namespace tableread::engine
