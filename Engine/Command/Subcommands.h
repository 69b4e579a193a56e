// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Command/Session.h"

namespace CLI
{
class App;
}

/** One function for each subcommand, in a file of its name: declares its options and, when it is chosen, sets
    Session::action. A new subcommand is one more line here and one in Session.cpp. */
namespace tableread::engine
{
void addRender (CLI::App& app, Session& session);
void addProject (CLI::App& app, Session& session);
void addServe (CLI::App& app, Session& session);
void addSettings (CLI::App& app, Session& session); // in Serve.cpp: those of `serve`
void addInspect (CLI::App& app, Session& session);
void addSelfTest (CLI::App& app, Session& session);
void addBench (CLI::App& app, Session& session);
void addProfile (CLI::App& app, Session& session);
void addPlan (CLI::App& app, Session& session);
void addReplay (CLI::App& app, Session& session);
void addConvert (CLI::App& app, Session& session);
void addBatch (CLI::App& app, Session& session); // in Farm.cpp, as the next one
void addGather (CLI::App& app, Session& session);
void addSubmit (CLI::App& app, Session& session); // in Queue.cpp, as the next one
void addStatus (CLI::App& app, Session& session);
} // namespace tableread::engine
