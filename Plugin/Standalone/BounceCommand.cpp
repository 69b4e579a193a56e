// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/BounceCommand.h"

#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>

#include "Core/ExitCodes.h"
#include "Core/Seed.h"
#include "Standalone/Bounce.h"
#include "Timeline/Gaps.h"

namespace tableread::plugin
{
namespace
{
std::optional<int> parseAndRun (int argc, char** argv, std::filesystem::path& toOpen)
{
    BounceOptions options;
    CLI::App app ("TableRead: a table read. It opens its window unless --bounce is given.", "TableRead");
    app.footer (exitCodes);
    app.set_version_flag ("--version", TABLEREAD_VERSION);
    auto* bounceOption =
        app.add_option ("--bounce", options.input, "Render this script or project without opening a window")
            ->type_name ("FILE");
    app.add_option ("-o,--output", options.output,
                    "The sound file: .wav (32-bit floats), .flac, .ogg, .opus or .mp3")
        ->needs (bounceOption);
    const auto* voices =
        app.add_option ("--voice", options.voices, "A speaker's voice, as \"Anna=anna.wav\"; may be repeated")
            ->needs (bounceOption)
            ->allow_extra_args (false);
    const auto* gaps =
        app.add_option ("--gap", options.gaps,
                        "A script's silence between lines in ms, as \"line=150,speaker=250,scene=1000\" [0]")
            ->type_name ("GAPS")
            ->check ([] (const std::string& text) {
                const auto read = readGaps (text);
                return read ? std::string() : read.error().message;
            })
            ->needs (bounceOption);
    app.add_option ("--rate", options.rate, "Samples per second")
        ->capture_default_str()
        ->needs (bounceOption);
    const auto* seed = app.add_option ("--seed", options.seed, "Another seed gives another performance")
                           ->check ([] (const std::string& text) {
                               return parseSeed (text)
                                          ? std::string()
                                          : "\"" + text + "\" is not a whole number of 0 to 2^64 - 1";
                           })
                           ->capture_default_str()
                           ->needs (bounceOption);
    std::string slate;
    const auto* slateOption =
        app.add_option (
               "--slate", slate,
               "Whether a tone of a second marks where speech is missing [as the project says, else on]")
            ->type_name ("on|off")
            ->check (CLI::IsMember ({ "on", "off" }))
            ->needs (bounceOption);
    app.add_option (
           "--patience", options.patienceSeconds,
           "Seconds without progress until a line is given up, 1 to 3600 [as the project says, else 30]")
        ->type_name ("SECONDS")
        ->check (CLI::Range (1, 3600))
        ->needs (bounceOption);
    app.add_option ("--engine", options.engine, "The engine's program [found automatically]")
        ->needs (bounceOption);
    std::string file;
    app.add_option ("file", file, "A project or a script, to be opened in the window")
        ->excludes (bounceOption);
    app.allow_extras (argc > 1 && std::string_view (argv[1]).substr (0, 6) == "--juce");
    try
    {
        app.parse (argc, argv);
        toOpen = file;
        if (bounceOption->count() == 0)
            return std::nullopt;
        if (options.input == "--help" || options.input == "-h")
            throw CLI::CallForHelp();
        if (options.output.empty())
            throw Exception ({ ErrorCode::InvalidInput, "--bounce needs -o with the file to write", {} });
        if (slateOption->count() > 0)
            options.playsSlate = slate == "on";
        for (const auto* option : { voices, gaps, seed })
            if (option->count() > 0)
                options.ofScript.push_back (option->get_name());
        std::signal (SIGPIPE, SIG_IGN); // a closed pipe is an error of write(), with a message
        return bounceToFile (options);
    }
    catch (const CLI::ParseError& problem)
    {
        return app.exit (problem) == 0 ? exitOk : exitRefused;
    }
}
} // namespace

std::optional<int> runCommandLine (int argc, char** argv, std::filesystem::path& toOpen)
{
    try
    {
        return parseAndRun (argc, argv, toOpen);
    }
    catch (const Exception& problem)
    {
        std::cerr << "TableRead: " << problem.error.text() << '\n';
        return exitCodeOf (problem.error.code);
    }
    catch (const std::exception& problem)
    {
        std::cerr << "TableRead: " << problem.what() << '\n';
        return exitInternal;
    }
}
} // namespace tableread::plugin
