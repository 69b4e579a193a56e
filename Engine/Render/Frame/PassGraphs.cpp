// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/PassGraphs.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/PersistentKernel.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t positionsAhead = 256; // at least, before graphs must be recorded again
constexpr std::int64_t leastPositions =
    1'024; // a line with its voice: blocks beyond a row's positions end at once
} // namespace

PassGraphs::PassGraphs (const FrameNetwork& of, Places where)
    : network (of)
    , places (std::move (where))
    , x (at::zeros_like (places.inputs))
{}

std::unique_ptr<Graph> PassGraphs::record (const LayerStretch& stretch)
{
    auto& model = network.model.languageModel;
    const auto body = [&] {
        if (stretch.first == 0)
            x.copy_ (places.inputs);
        kernels::inPersistentKernel (x.device(), [&] { model.run (x, stretch, *places.attention); });
        if (stretch.last + 1 < model.config().layers)
            return;
        places.hidden.copy_ (model.normalised (x));
        places.scores.copy_ (network.scores (places.hidden));
    };
    const auto before = x.clone(); // layers add to it, and recording runs the body once for real
    auto graph = std::make_unique<Graph> (body);
    x.copy_ (before);
    return graph;
}

void PassGraphs::run (std::int64_t longest, const std::function<void (const LayerStretch&)>& alongside)
{
    if (longest > recordedPositions)
    {
        recordedPositions = std::max ({ longest + positionsAhead, 2 * recordedPositions, leastPositions });
        places.attention->longest = recordedPositions;
        graphs.clear();
    }
    network.model.languageModel.walk (LayerSteps::Joined, [&] (const LayerStretch& stretch) {
        auto& graph = graphs[{ stretch.first, stretch.weights.qkv.panels.const_data_ptr() }];
        if (graph == nullptr)
            graph = record (stretch);
        const ProfileScope work (network.model.profiler.get(), { .kind = ProfileSpan::Kind::Work,
                                                                 .part = numberOf (FramePart::LanguageModel),
                                                                 .firstLayer = stretch.first,
                                                                 .lastLayer = stretch.last });
        graph->replay();
        if (alongside)
            alongside (stretch);
    });
}
} // namespace tableread::engine
