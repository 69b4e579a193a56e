// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "Command/Session.h"

namespace CLI
{
class App;
}

namespace tableread::engine
{
/** The options of `plan` that reckon how long a farm takes and what it costs. */
class ReckoningOptions
{
public:
    /** Adds them. None of the command's other options but --json applies with them. */
    void addTo (CLI::App& command);

    bool isAsked() const { return ! bench.empty(); }

    /** @returns the exit code. @throws Exception if a file cannot be read, or nothing says what there is to speak. */
    int reckon (bool asJson, Session& session) const;

private:
    std::filesystem::path project, bench;
    std::int64_t lines = 0; // 0: not given
    int letters = 60;       // of each of them
    std::int64_t nodes = 1;
    std::optional<double> hourCost;
};
} // namespace tableread::engine
