// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/PassGraphs.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/Chain.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t positionsAhead = 256; // at least, before graphs have to be recorded anew
}

PassGraphs::PassGraphs (LanguageModel& of, const kernels::Weight& rows, Places where, Profiler* notes)
    : model (of)
    , choices (rows)
    , places (std::move (where))
    , profiler (notes)
    , x (at::zeros_like (places.inputs))
{}

void PassGraphs::record (const Key& key, std::int64_t end, const LayerWeights& last)
{
    auto& source = model.layers();
    const auto first = key.first;
    const auto body = [&, first, end] {
        if (first == 0)
            x.copy_ (places.inputs);
        kernels::chained (x.device(), [&] {
            for (auto l = first; l < end; ++l)
                model.runLayer (x, source.acquire (l), *places.attention, l);
            model.runLayer (x, last, *places.attention, end);
        });
        if (end + 1 < source.layers())
            return;
        places.hidden.copy_ (model.normalised (x));
        places.scores.copy_ (kernels::linear (places.hidden, choices));
    };
    const auto before = x.clone(); // layers add to it, and the body runs for real once
    graphs[key] = std::make_unique<Graph> (body);
    x.copy_ (before);
}

void PassGraphs::run (std::int64_t longest)
{
    if (longest > recordedPositions)
    {
        recordedPositions = std::max (longest + positionsAhead, 2 * recordedPositions);
        places.attention->longest = recordedPositions;
        graphs.clear();
    }
    auto& source = model.layers();
    for (std::int64_t first = 0; first < source.layers();)
    {
        auto end = first;
        while (end + 1 < source.layers() && source.isResident (end))
            ++end;
        const auto& last = source.acquire (end);
        const Key key { first, last.qkv.panels.const_data_ptr() };
        if (! graphs.contains (key))
            record (key, end, last);
        {
            const ProfileScope work (profiler, { .kind = ProfileSpan::Kind::Work,
                                                 .part = FramePart::LanguageModel,
                                                 .firstLayer = first,
                                                 .lastLayer = end });
            graphs[key]->replay();
        }
        source.release (end);
        first = end + 1;
    }
}
} // namespace tableread::engine
