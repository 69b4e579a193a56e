// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "Server/Http/Route.h"

namespace tableread::engine
{
/** What is told of a request at the end of its answer. */
class AccessRecord
{
public:
    void begin() { begunAt = Clock::now(); }
    void answer (int with) { status = with; }

    /** Nothing if there was no answer, or if its end was told already. The texts are the request's. */
    std::optional<HttpAccess> end (const HttpRequest& asked, bool isComplete)
    {
        if (status == 0)
            return {};
        const std::chrono::duration<double, std::milli> took = Clock::now() - begunAt;
        return HttpAccess { .method = asked.method,
                            .path = asked.path,
                            .peer = asked.peer,
                            .status = std::exchange (status, 0),
                            .milliseconds = took.count(),
                            .isComplete = isComplete };
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point begunAt {};
    int status = 0; // 0: there is no answer
};
} // namespace tableread::engine
