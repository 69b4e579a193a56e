// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "Command/Farm/Batch.h"
#include "Command/Farm/Gather.h"
#include "Command/NumberOptions.h"
#include "Command/Script/ScriptOptions.h"
#include "Command/Subcommands.h"
#include "Device/Driver.h"

namespace tableread::engine
{
namespace
{
std::string hostName()
{
    std::array<char, 256> name {};
    return ::gethostname (name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/** To speak, or to count the GPUs; not to start workers on a CPU. */
bool needsTorch (const BatchOptions& options)
{
    return ! options.worker.empty() || (options.model.device != "cpu" && hasCudaDriver());
}
} // namespace

void addBatch (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<BatchOptions>();
    auto* command = app.add_subcommand ("batch", "Speak a chunk of a project's lines into a take store");
    auto* const project = command->add_option ("PROJECT", options->project, "The project's file");
    auto* const url = options->queue.addTo (*command)->excludes (project);
    command->add_flag ("--wait", options->keepsWaiting, "Wait for more lines when the queue is empty")
        ->needs (url);
    options->node = hostName();
    command->add_option ("--node", options->node, "This machine's name in status")
        ->type_name ("NAME")
        ->capture_default_str()
        ->needs (url);
    command->add_option ("--store", options->store, "Folder of the take store, which all machines see")
        ->type_name ("DIR")
        ->required();
    auto* const lines =
        command
            ->add_option (
                "--lines", options->chunk.lines,
                "The first and the last line, counted from 1; lines that are spoken in one pass count as "
                "one [all]")
            ->type_name ("A-B");
    auto* const shards = command
                             ->add_option ("--shard", options->chunk.shards,
                                           "Every n-th line of these, from the i-th on; repeatable")
                             ->type_name ("I/N")
                             ->allow_extra_args (false);
    url->excludes (lines)->excludes (shards);
    command
        ->add_option ("--grace", options->graceSeconds,
                      "Seconds after SIGTERM in which lines are finished; then they are dropped")
        ->check (numberBetween (0, 3600))
        ->capture_default_str();
    command
        ->add_option ("--workers", options->workers,
                      "Processes that speak and share the lines [one for each GPU; one on a CPU]")
        ->check (CLI::Range (1, 64))
        ->type_name ("N");
    command->add_option ("--worker", options->worker)
        ->group (""); // which of them this is: batch gives it itself
    addTypographyOption (*command, options->typography);
    options->model.addTo (*command);
    options->offload.addTo (*command);
    command->get_option ("--passages")
        ->description (
            "Lines that are spoken at once, 1 to 16; auto: on a GPU as many as fit its memory, on a "
            "CPU as many as make the most speech");
    options->settingsFile.addTo (*command);
    command->add_flag ("-q,--quiet", options->quiet, "No notes; errors only");
    command->footer (R"(
Examples:
  tableread-engine batch scene.tableread --store /farm/takes
  tableread-engine batch scene.tableread --store /farm/takes --lines 101-150
  tableread-engine batch scene.tableread --store /farm/takes --shard 3/20
  tableread-engine batch --nats nats://queue:4222 --store /farm/takes

Prints a line of JSON for each take and one for the chunk. What is in the store already is not spoken again, so it can be
repeated; nothing is ever removed. A line that the model's length limit cuts has failed: it is noted in the store and not
tried again with its seed. With --nats the lines are those that submit has put into a queue, until it is empty.
Assets/docs/farm.md, Assets/docs/queue.md)" +
                     std::string (exitCodes));
    command->callback ([options, &session] {
        if (options->project.empty() && options->queue.address.url.empty())
            throw CLI::RequiredError ("PROJECT, or --nats URL,");
        session.needsTorch = needsTorch (*options);
        session.action = [options, &session] { return renderBatch (*options, session); };
    });
}

void addGather (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<GatherOptions>();
    auto* command =
        app.add_subcommand ("gather", "Check a project's takes in a store, and write them as files");
    command->add_option ("PROJECT", options->project, "The project's file")->required();
    command->add_option ("--store", options->store, "Folder of the take store")
        ->type_name ("DIR")
        ->required();
    command->add_option ("-o,--output", options->out, "Folder for a sound file a line and the project")
        ->type_name ("DIR")
        ->required();
    addTypographyOption (*command, options->typography);
    command
        ->add_option ("--model", options->model.model,
                      "The checkpoint that batch used, whose weights are not read [the embedded one, or "
                      "TABLEREAD_MODEL]")
        ->type_name ("DIR");
    command->add_flag ("-q,--quiet", options->quiet, "No notes; errors only");
    command->footer (R"(
Example:
  tableread-engine gather scene.tableread --store /farm/takes -o scene/

Reads each take and checks its hash. If lines are missing, damaged or failed they are named, and nothing is written: 75 if batch
has to run again, 2 if that would not help. Else the folder has 001_Anna.wav and so on as the model spoke them, lines.json,
and the project with all takes, which the plugin opens with the same store.)" +
                     std::string (exitCodes));
    command->callback (
        [options, &session] { session.action = [options, &session] { return gather (*options, session); }; });
}
} // namespace tableread::engine
