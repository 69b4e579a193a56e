// SPDX-License-Identifier: Apache-2.0
#include "Network/Connector.h"

#include <ATen/ATen.h>

namespace tableread::engine
{
namespace
{
constexpr double normEps = 1e-6; // fixed in the original, unlike that of other norms
}

Connector::Connector (const WeightReader& weights, const std::string& name, std::int64_t inputs)
{
    const auto hidden = weights.checkpoint.config().languageModel.hidden;
    first = weights.linear ("model." + name + ".fc1", hidden, inputs, true);
    norm = weights.values ("model." + name + ".norm.weight", { hidden });
    second = weights.linear ("model." + name + ".fc2", hidden, hidden, true);
}

at::Tensor Connector::operator() (const at::Tensor& features) const
{
    const kernels::RowNorm rowNorm { norm, normEps };
    return kernels::linear (kernels::linear (features, first), second, &rowNorm);
}
} // namespace tableread::engine
