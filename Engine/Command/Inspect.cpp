// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/ModelOptions.h"
#include "Command/Subcommands.h"
#include "Measure/ModelTable.h"

namespace tableread::engine
{
namespace
{
struct InspectOptions
{
    std::filesystem::path model;
    bool json = false;
};
} // namespace

void addInspect (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<InspectOptions>();
    auto* command = app.add_subcommand ("inspect", "Show a checkpoint's parts, tensors, types and sizes");
    command->add_option ("MODEL", options->model, "Folder of a checkpoint [the embedded one]");
    command->add_flag ("--json", options->json, "Print JSON, with every tensor");
    command->footer (R"(
Examples:
  tableread-engine inspect ~/models/VibeVoice-1.5B
  tableread-engine inspect --json | jq .parts

Reads the headers only: a checkpoint of any size takes a moment and no memory.)");
    command->callback ([options, &session] {
        session.action = [options, &session] {
            const auto folder = orThrow (
                findModel (ModelSearch::current (options->model, session.executable), notesTo (session)));
            const auto checkpoint = Checkpoint::open (folder);
            const auto table = tabulate (*checkpoint);
            if (options->json)
                session.out << toJson (*checkpoint, table).dump (2) << '\n';
            else
                session.out << describe (*checkpoint, table);
            return exitOk;
        };
    });
}
} // namespace tableread::engine
