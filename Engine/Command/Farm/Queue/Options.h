// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "Farm/Nats/Address.h"

namespace CLI
{
class App;
class Option;
} // namespace CLI

namespace tableread::engine
{
/** Which queue of lines, and where. */
struct QueueOptions
{
    NatsAddress address;
    std::string queue = "lines";

    /** @returns --nats */
    CLI::Option* addTo (CLI::App& command);
};
} // namespace tableread::engine
