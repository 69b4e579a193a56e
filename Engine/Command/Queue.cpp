// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "Command/Farm/Queue/Status.h"
#include "Command/Farm/Queue/Submit.h"
#include "Command/Script/ScriptOptions.h"
#include "Command/Subcommands.h"
#include "Farm/Nats/Queue.h"

namespace tableread::engine
{
void addSubmit (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<SubmitOptions>();
    auto* command = app.add_subcommand ("submit", "Put a project's lines into a queue, for batch --nats");
    command->add_option ("PROJECT", options->project, "The project's file")->required();
    options->queue.addTo (*command)->required();
    command
        ->add_option ("--store", options->store, "Folder of the take store, if recordings or takes lie there")
        ->type_name ("DIR");
    command->add_option ("--lines", options->lines, "The first and the last line, counted from 1 [all]")
        ->type_name ("A-B");
    command->add_option ("--priority", options->priority, "Lines of a higher one are spoken first")
        ->check (CLI::IsMember (std::vector<std::string> (priorityNames.begin(), priorityNames.end())))
        ->capture_default_str();
    addTypographyOption (*command, options->typography);
    command
        ->add_option ("--model", options->model.model,
                      "The checkpoint that the workers use, whose weights are not read [the embedded one, or "
                      "TABLEREAD_MODEL]")
        ->type_name ("DIR");
    command->add_flag ("-q,--quiet", options->quiet, "No notes; errors only");
    command->footer (R"(
Example:
  tableread-engine submit --nats nats://queue:4222 scene.tableread

A line that waits in the queue already is not added again; one that is stored is found by the worker that gets it, and not
spoken again. Recordings are named by their paths, where every machine has to see them. Exit code 2 also if nobody can speak a
line; the others are in the queue then. Assets/docs/queue.md)" +
                     std::string (exitCodes));
    command->callback (
        [options, &session] { session.action = [options, &session] { return submit (*options, session); }; });
}

void addStatus (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<StatusOptions>();
    auto* command = app.add_subcommand ("status", "Show how far a queue of lines is");
    options->queue.addTo (*command)->required();
    auto* const once = command->add_flag ("--once", options->once, "Do not wait until all lines are done");
    command->add_flag ("--json", options->json, "Print one JSON object, and do not wait")->excludes (once);
    command->footer (R"(
Example:
  tableread-engine status --nats nats://queue:4222

Shows the lines that are stored, how long the others will take, what each machine speaks in a minute, and lines that were
set aside, with their reasons. On a terminal it is drawn again until all lines are done. Assets/docs/queue.md)" +
                     std::string (exitCodes));
    command->callback ([options, &session] {
        session.action = [options, &session] { return showStatus (*options, session); };
    });
}
} // namespace tableread::engine
