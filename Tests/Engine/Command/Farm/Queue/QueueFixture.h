// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Engine/Command/Farm/FarmFixture.h"
#include "Farm/Nats/Queue.h"
#include "Support/NatsServer.h"

namespace tableread::test
{
/** Runs `submit`, `batch --nats` and `status` with a project, a store and a server of its own. */
struct QueueFixture : FarmFixture
{
    explicit QueueFixture (const std::string& script = sixLines) : FarmFixture (script) {}

    Outcome submit (const std::vector<std::string>& more = {})
    {
        return onQueue ({ "submit", input, "-q" }, more);
    }

    Outcome work (const std::vector<std::string>& more = {})
    {
        return onQueue ({ "batch", "--store", storeFolder(), "--node", "here", "-q" }, more);
    }

    nlohmann::json status()
    {
        const auto outcome = onQueue ({ "status", "--json" }, {});
        REQUIRE (outcome.code == 0);
        return nlohmann::json::parse (outcome.out);
    }

    LineQueue queue() const { return LineQueue ({ .url = server.url() }, "lines"); }

    NatsServer server;

private:
    Outcome onQueue (std::vector<std::string> arguments, const std::vector<std::string>& more)
    {
        arguments.insert (arguments.end(), { "--nats", server.url() });
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }
};
} // namespace tableread::test
