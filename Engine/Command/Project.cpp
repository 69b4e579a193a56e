// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "Command/NumberOptions.h"
#include "Command/Project/Collect.h"
#include "Command/Project/New.h"
#include "Command/Project/Show.h"
#include "Command/Subcommands.h"

namespace tableread::engine
{
namespace
{
void addNew (CLI::App& project, Session& session)
{
    const auto options = std::make_shared<NewProjectOptions>();
    auto* command = project.add_subcommand ("new", "Make a project of a script");
    command->add_option ("SCRIPT", options->script, "Text file of lines \"NAME: text\"")->required();
    command->add_option ("-o,--output", options->out, "The project's file, which must not exist")
        ->type_name ("FILE")
        ->required();
    command
        ->add_option ("--voice", options->voices,
                      "A speaker's voice: a recording, or a voice of the model; repeatable")
        ->type_name ("NAME=FILE")
        ->allow_extra_args (false);
    addSeedOption (*command, options->seed, true);
    addGuidanceOption (*command, options->settings);
    command->add_option ("--steps", options->settings.steps, "Diffusion steps per frame")
        ->check (CLI::Range (1, 1000))
        ->capture_default_str();
    command->add_flag ("-q,--quiet", options->quiet, "No notes or summary; errors only");
    command->callback ([options, &session] {
        session.action = [options, &session] {
            options->settings.seed = seedOf (options->seed);
            return newProject (*options, session);
        };
    });
}

void addShow (CLI::App& project, Session& session)
{
    const auto options = std::make_shared<ShowProjectOptions>();
    auto* command = project.add_subcommand ("show", "Say what is in a project");
    command->add_option ("FILE", options->file, "The project's file")->required();
    command->add_flag ("--json", options->json, "Print JSON");
    command->add_option ("--settings", options->settings, "Settings file, which says where takes are kept")
        ->type_name ("FILE");
    command->callback ([options, &session] {
        session.action = [options, &session] { return showProject (*options, session); };
    });
}

void addCollect (CLI::App& project, Session& session)
{
    const auto options = std::make_shared<CollectProjectOptions>();
    auto* command = project.add_subcommand (
        "collect", "Put the audio of its takes into a project, so that it plays on another machine");
    command->add_option ("FILE", options->file, "The project's file")->required();
    command
        ->add_option ("-o,--output", options->out,
                      "Write another file, which must not exist, in place of FILE")
        ->type_name ("FILE");
    command->add_flag ("--drop", options->drops, "Leave the audio out again");
    command->add_option ("--settings", options->settings, "Settings file, which says where takes are kept")
        ->type_name ("FILE");
    command->add_flag ("-q,--quiet", options->quiet, "No notes or summary; errors only");
    command->callback ([options, &session] {
        session.action = [options, &session] { return collectProject (*options, session); };
    });
}
} // namespace

void addProject (CLI::App& app, Session& session)
{
    auto* command = app.add_subcommand ("project", "Make a project, or look at one");
    command->require_subcommand (1);
    addNew (*command, session);
    addShow (*command, session);
    addCollect (*command, session);
    command->footer (R"(
Examples:
  tableread-engine project new scene.txt --voice "Anna=anna.wav" -o scene.tableread
  tableread-engine project show scene.tableread
  tableread-engine render scene.tableread -o scene.wav
  tableread-engine project collect scene.tableread -o to-send.tableread

A project holds a script, its cast, its settings and what was rendered of it; the plugin opens the same file.)" +
                     std::string (exitCodes));
}
} // namespace tableread::engine
