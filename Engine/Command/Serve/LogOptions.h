// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "Command/Session.h"
#include "Logging/Logging.h"

namespace CLI
{
class App;
}

namespace tableread::engine
{
/** What `serve` logs, and where. */
struct LogOptions
{
    std::string level = "info", size = "10MB";
    std::filesystem::path file; // empty: none
    int files = 5;
    bool texts = false;

    void addTo (CLI::App& command);

    /** Begins to log: to the session's standard error and the file. @throws Exception if the file cannot be written. */
    std::unique_ptr<Logging> begin (Session& session) const;
};
} // namespace tableread::engine
