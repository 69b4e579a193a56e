// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/BounceCommand.h"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>

#include "Core/ExitCodes.h"
#include "Core/SameFile.h"
#include "Core/Seed.h"
#include "Editor/StatusText.h"
#include "Import/Import.h"
#include "Processor/Session.h"
#include "Timeline/Bounce.h"

namespace tableread::plugin
{
namespace
{
struct Arguments
{
    std::string script, output, engine;
    std::vector<std::string> voices; // NAME=FILE or NAME=a voice of the model
    int rate = 48'000;
    std::uint64_t seed = 0;
};

[[noreturn]] void refuse (std::string message, std::string where = {})
{
    throw Exception ({ ErrorCode::InvalidInput, std::move (message), std::move (where) });
}

void setVoices (Session& session, const std::vector<std::string>& options)
{
    for (const auto& option : options)
    {
        auto [speaker, voice] = orThrow (readVoiceOption (option));
        if (! voice.path.empty())
            voice.path = std::filesystem::absolute (voice.path);
        session.setVoice (speaker, std::move (voice));
    }
}

void checkTakes (const Performance::View& view)
{
    for (const auto& passage : view.passages)
        if (passage.take->state() != TakeState::Done)
        {
            auto error = passage.take->error();
            error.message = "line " + std::to_string (passage.sourceLine) + ": " + error.text();
            error.where.clear();
            throw Exception (error);
        }
}

bool anyIsCutOff (const Performance::View& view)
{
    return std::ranges::any_of (
        view.passages, [] (const auto& passage) { return passage.take->ending() == Take::Ending::CutOff; });
}

/** Also where links or other spellings hide that the output is a file that is read. */
void refuseInputs (const Arguments& arguments)
{
    std::vector<std::filesystem::path> inputs { arguments.script };
    for (const auto& option : arguments.voices)
        inputs.push_back (orThrow (readVoiceOption (option)).voice.path);
    for (const auto& input : inputs)
        if (isSameFile (arguments.output, input))
            refuse (arguments.output +
                    ": is also an input, which would be overwritten. Choose another output.");
}

int run (const Arguments& arguments)
{
    if (arguments.rate < (int) HostAudio::minRateHz || arguments.rate > (int) HostAudio::maxRateHz)
        refuse ("--rate " + std::to_string (arguments.rate) + " is not supported; 1000 to 1000000 are");
    refuseInputs (arguments);
    Session session;
    session.setScript (orThrow (readScriptText (arguments.script)));
    session.setSeed (arguments.seed);
    session.setEngine (arguments.engine);
    setVoices (session, arguments.voices);

    auto& performance = session.performance();
    performance.setHostRate (arguments.rate);
    if (const auto begun = session.render(); ! begun)
    {
        auto error = begun.error();
        if (error.where.empty())
            error.where = arguments.script;
        throw Exception (error);
    }
    if (const auto reading = session.reading())
        for (const auto& note : reading->notes)
            std::cerr << "TableRead: " << note << '\n';
    performance.waitUntilDone();
    const auto view = performance.view();
    checkTakes (view);
    const auto end = toHost (view.end, arguments.rate);
    const BounceJob job { .to = end, .hostRateHz = arguments.rate, .file = arguments.output };
    if (const auto written = bounce (performance.plan(), job); ! written)
        throw Exception (written.error());
    std::cout << arguments.output << ": " << clockText ((double) view.end.value / (double) modelSampleRateHz)
              << " of speech at " << arguments.rate << " Hz\n"
              << describe (view, std::nullopt).text << '\n';
    return anyIsCutOff (view) ? exitCut : exitOk;
}

std::optional<int> parseAndRun (int argc, char** argv)
{
    Arguments arguments;
    CLI::App app ("TableRead: a table read. Without arguments it opens its window.", "TableRead");
    app.footer (exitCodes);
    app.set_version_flag ("--version", TABLEREAD_VERSION);
    auto* bounceOption =
        app.add_option ("--bounce", arguments.script, "Render this script without opening a window")
            ->type_name ("SCRIPT");
    app.add_option ("-o,--output", arguments.output, "The WAV file to write (32-bit floats)")
        ->needs (bounceOption);
    app.add_option ("--voice", arguments.voices, "A speaker's voice, as \"Anna=anna.wav\"; may be repeated")
        ->needs (bounceOption)
        ->allow_extra_args (false);
    app.add_option ("--rate", arguments.rate, "Samples per second")
        ->capture_default_str()
        ->needs (bounceOption);
    app.add_option ("--seed", arguments.seed, "Another seed gives another performance")
        ->check ([] (const std::string& text) {
            return parseSeed (text) ? std::string()
                                    : "\"" + text + "\" is not a whole number of 0 to 2^64 - 1";
        })
        ->capture_default_str()
        ->needs (bounceOption);
    app.add_option ("--engine", arguments.engine, "The engine's program [found automatically]")
        ->needs (bounceOption);
    app.allow_extras (argc > 1 && std::string_view (argv[1]).substr (0, 6) == "--juce");
    try
    {
        app.parse (argc, argv);
        if (bounceOption->count() == 0)
            return std::nullopt;
        if (arguments.output.empty())
            refuse ("--bounce needs -o with the file to write");
        return run (arguments);
    }
    catch (const CLI::ParseError& problem)
    {
        return app.exit (problem) == 0 ? exitOk : exitRefused;
    }
}
} // namespace

std::optional<int> runCommandLine (int argc, char** argv)
{
    try
    {
        return parseAndRun (argc, argv);
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
