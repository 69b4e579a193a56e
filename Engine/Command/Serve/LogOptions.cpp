// SPDX-License-Identifier: Apache-2.0
#include "Command/Serve/LogOptions.h"

#include <CLI/CLI.hpp>

#include "Command/NumberOptions.h"
#include "Core/ByteSize.h"
#include "Core/Environment.h"
#include "Logging/DescriptorOutput.h"

namespace tableread::engine
{
void LogOptions::addTo (CLI::App& command)
{
    constexpr const char* group = "Log";
    constexpr double leastBytes = 10'000, mostBytes = 1e12;
    command
        .add_option ("--log-level", level, "What is logged: debug (each request too), info, warning or error")
        ->check (CLI::IsMember ({ "debug", "info", "warning", "error" }))
        ->capture_default_str()
        ->group (group);
    command.add_option ("--log-file", file, "Log to this file too, in fields for programs [none]")
        ->type_name ("FILE")
        ->group (group);
    command.add_option ("--log-size", size, "Size at which the file becomes FILE.1, that FILE.2, and so on")
        ->check (bytesBetween (leastBytes, mostBytes))
        ->type_name ("SIZE")
        ->capture_default_str()
        ->group (group);
    command.add_option ("--log-files", files, "How many of them are kept besides FILE")
        ->check (CLI::Range (0, 100))
        ->capture_default_str()
        ->group (group);
    command
        .add_flag ("--log-texts", texts,
                   "Log what is spoken, and the names of recordings, in place of hashes of them")
        ->group (group);
}

std::unique_ptr<Logging> LogOptions::begin (Session& session) const
{
    const auto most = static_cast<std::size_t> (parseBytes (size).value_or (0));
    const bool isOwnFile =
        ! environmentVariable (ownLogVariable).empty(); // of who has started the engine for itself
    std::unique_ptr<LineOutput> console;
    if (session.errDescriptor < 0)
        console = std::make_unique<StreamOutput> (session.err);
    else
        console = std::make_unique<DescriptorOutput> (session.errDescriptor, isOwnFile ? most : 0);
    Logging::Options options { .level = level, .file = file, .texts = texts };
    options.rotation = { .bytes = most, .files = files };
    return std::make_unique<Logging> (std::move (console), options);
}
} // namespace tableread::engine
