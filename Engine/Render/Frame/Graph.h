// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace tableread::engine
{
/** GPU work that is recorded once and replayed as a whole. Its inputs and outputs must keep their addresses. Its
    temporary memory is shared by all graphs, so no graph may rely on what another one left there. */
class Graph
{
public:
    /** Runs the body once for real, because anything made on first use must not be made during recording, then records
        it. */
    explicit Graph (std::function<void()> body);
    ~Graph();
    Graph (const Graph&) = delete;
    Graph& operator= (const Graph&) = delete;

    void replay() const;

private:
    void* recorded = nullptr;
};
} // namespace tableread::engine
