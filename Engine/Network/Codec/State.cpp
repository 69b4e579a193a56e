// SPDX-License-Identifier: Apache-2.0
#include "Network/Codec/State.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/PersistentKernel.h"

namespace tableread::engine
{
at::Tensor& CodecCursor::context (const at::Tensor& x, std::int64_t columns)
{
    if (next == state.contexts.size())
    {
        kernels::flushPersistentKernel (x.device());
        state.contexts.push_back (at::zeros ({ x.size (0), columns, x.size (2) }, x.options()));
    }
    return state.contexts[next++];
}

CodecState join (std::span<CodecState* const> streams)
{
    if (streams.size() == 1)
        return *streams.front();
    const auto begun = std::find_if (streams.begin(), streams.end(),
                                     [] (const CodecState* state) { return ! state->contexts.empty(); });
    CodecState all;
    if (begun == streams.end())
        return all;
    for (std::size_t i = 0; i < (*begun)->contexts.size(); ++i)
    {
        std::vector<at::Tensor> parts;
        for (const auto* state : streams)
            parts.push_back (state->contexts.empty() ? at::zeros_like ((*begun)->contexts[i])
                                                     : state->contexts[i]);
        all.contexts.push_back (at::cat (parts));
    }
    return all;
}

void divide (const CodecState& all, std::span<CodecState* const> streams)
{
    if (streams.size() == 1)
    {
        *streams.front() = all;
        return;
    }
    for (std::size_t stream = 0; stream < streams.size(); ++stream)
    {
        auto& own = streams[stream]->contexts;
        own.clear();
        for (const auto& context : all.contexts)
            own.push_back (context.narrow (0, (std::int64_t) stream, 1));
    }
}
} // namespace tableread::engine
