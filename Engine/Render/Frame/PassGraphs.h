// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "Kernels/Attention.h"
#include "Render/Frame/FrameNetwork.h"
#include "Render/Frame/Graph.h"

namespace tableread::engine
{
/** The language model's pass over the rows of a batch as graphs. Layers that stay on the GPU share a graph with their
    neighbours. Each layer that is copied in ends a graph, because a recording cannot wait for a copy: the stream waits
    between the graphs. Such a layer may use another slot next time, and has one graph for each slot. */
class PassGraphs
{
public:
    /** inputs [M, h] → hidden [M, h] and scores [M, choices], in place, always at the same addresses. */
    struct Places
    {
        at::Tensor inputs, hidden, scores;
        kernels::AttentionRows* attention = nullptr; // its table is filled in place; `longest` is set here
    };

    PassGraphs (const FrameNetwork& network, Places places);

    /** Issues one pass whose longest row sees `longest` positions. `alongside`, if it is not empty, is called for each
        stretch of layers while they are there. */
    void run (std::int64_t longest, const std::function<void (const LayerStretch&)>& alongside);

private:
    using Key = std::pair<std::int64_t, const void*>; // first layer, and address of the last one's weights

    std::unique_ptr<Graph> record (const LayerStretch& stretch);

    const FrameNetwork& network;
    Places places;
    at::Tensor x; // [M, h], between the graphs
    std::int64_t recordedPositions = 0;
    std::map<Key, std::unique_ptr<Graph>> graphs;
};
} // namespace tableread::engine
