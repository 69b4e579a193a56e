// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace tableread::engine
{
/** GPU work that was recorded once and is repeated as a whole. What it reads and writes has to stay where it is; what it
    needs in between comes from memory that all graphs share, so none may rely on what another left there. */
class Graph
{
public:
    /** Runs the body once for real, since whatever is made on first use must not be made in the recording, then records
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
