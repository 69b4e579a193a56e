// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "Server/Http/Route.h"
#include "Server/Models/ServedModels.h"

namespace tableread::engine
{
/** GET /v1/models[/{id}], and POST /v1/tableread/models/{id}/plan, load and unload.

    Threads   handlers: the I/O thread, which does not wait: a change is answered by the render thread that has made it, also
              if the client has left or the server is gone by then. A plan is made on a worker, since it reads files.
*/
class ModelEndpoints
{
public:
    explicit ModelEndpoints (const ServedModels& models) : served (models) {}

    std::vector<HttpRoute> routes();

private:
    HttpAnswer list() const;
    HttpAnswer get (const std::string& id) const;
    HttpAnswer plan (const HttpRequest& request) const;
    void load (const std::shared_ptr<Exchange>& exchange) const;
    void unload (const std::shared_ptr<Exchange>& exchange) const;

    const ServedModels& served;
};
} // namespace tableread::engine
