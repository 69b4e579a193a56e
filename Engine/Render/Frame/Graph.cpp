// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/Graph.h"

#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine
{
Graph::Graph (std::function<void()> body)
{
    body();
    recorded = kernels::gpu().capture (
        [] (void* context) { (*static_cast<std::function<void()>*> (context))(); }, &body);
}

Graph::~Graph()
{
    kernels::gpu().drop (recorded);
}

void Graph::replay() const
{
    kernels::gpu().replay (recorded);
}
} // namespace tableread::engine
