// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "Command/Farm/Queue/Options.h"
#include "Command/ModelOptions.h"
#include "Command/Session.h"

namespace tableread::engine
{
/** What `submit` was asked for. */
struct SubmitOptions
{
    ModelOptions model; // whose weights are not read
    QueueOptions queue;
    std::string typography = "auto";
    std::filesystem::path project, store; // store: where recordings and takes may lie; empty: there is none
    std::string lines;                    // as Chunk
    std::string priority = "normal";
    bool quiet = false;
};

/** Puts the lines of a project into a queue. @returns the exit code. @throws Exception */
int submit (const SubmitOptions& options, Session& session);
} // namespace tableread::engine
