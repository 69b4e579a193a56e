// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "Network/LayerSource.h"

namespace tableread::engine
{
/** All layers stay on the device that computes them. */
class ResidentLayers : public LayerSource
{
public:
    explicit ResidentLayers (std::vector<LayerWeights> layers);

    std::int64_t layers() const override;
    const LayerWeights& acquire (std::int64_t layer) override;
    bool isResident (std::int64_t) const override { return true; }
    void release (std::int64_t layer) override;

private:
    std::vector<LayerWeights> all;
};
} // namespace tableread::engine
