// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Command/Farm/Queue/Options.h"
#include "Command/Session.h"

namespace tableread::engine
{
/** What `status` was asked for. */
struct StatusOptions
{
    QueueOptions queue;
    bool json = false, once = false;
};

/** Shows how far a queue is: on a terminal until its lines are done. @returns the exit code. @throws Exception */
int showStatus (const StatusOptions& options, Session& session);
} // namespace tableread::engine
