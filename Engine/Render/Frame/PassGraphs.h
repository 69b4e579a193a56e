// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "Kernels/Attention.h"
#include "Network/LanguageModel.h"
#include "Offload/Profiler.h"
#include "Render/Frame/Graph.h"

namespace tableread::engine
{
/** The language model's pass over the rows of a batch as graphs. Layers that stay on the GPU share a graph with their
    neighbours; each that is copied in ends one, because a recording cannot wait for a copy: the stream does, between the
    graphs. Such a layer may lie in another slot next time, and has a graph for each. */
class PassGraphs
{
public:
    /** inputs [M, h] → hidden [M, h] and scores [M, choices], in place, always at the same addresses. */
    struct Places
    {
        at::Tensor inputs, hidden, scores;
        kernels::AttentionRows* attention = nullptr; // table in place; `longest` is set here
    };

    /** profiler: null, or notes each graph. */
    PassGraphs (LanguageModel& model, const kernels::Weight& choices, Places places, Profiler* profiler);

    /** Issues one pass whose longest row sees `longest` positions. */
    void run (std::int64_t longest);

private:
    using Key = std::pair<std::int64_t, const void*>; // first layer, and where the last one's weights lie

    void record (const Key& key, std::int64_t end, const LayerWeights& last);

    LanguageModel& model;
    const kernels::Weight& choices;
    Places places;
    Profiler* profiler;
    at::Tensor x; // [M, h], between the graphs
    std::int64_t recordedPositions = 0;
    std::map<Key, std::unique_ptr<Graph>> graphs;
};
} // namespace tableread::engine
