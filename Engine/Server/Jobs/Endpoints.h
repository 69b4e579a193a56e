// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "Server/Http/Route.h"
#include "Server/Jobs/Board.h"

namespace tableread::engine
{
/** GET, PATCH and DELETE /v1/tableread/jobs[/{id}]. Threads: any. */
class JobEndpoints
{
public:
    explicit JobEndpoints (JobBoard& wanted) : board (wanted) {}

    std::vector<HttpRoute> routes();

private:
    HttpAnswer list() const;
    HttpAnswer get (const std::string& id) const;
    HttpAnswer change (const HttpRequest& request) const;
    HttpAnswer cancel (const std::string& id) const;

    JobBoard& board;
};
} // namespace tableread::engine
