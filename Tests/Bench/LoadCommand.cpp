// SPDX-License-Identifier: Apache-2.0
#include "Bench/LoadCommand.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Bench/LoadReport.h"
#include "Core/ExitCodes.h"
#include "Core/Seed.h"

namespace tableread::test
{
namespace
{
struct Options
{
    LoadSettings settings;
    std::vector<std::string> texts, voices;
    std::filesystem::path textFile;
    std::string seed = "0", format = "f32", clientNames;
    bool isJson = false;
};

std::string checkSeed (const std::string& text)
{
    return parseSeed (text) ? std::string() : "\"" + text + "\" is not a whole number of 0 to 2^64 - 1";
}

/** nan lies in each CLI::Range. */
std::string checkFinite (const std::string& text)
{
    double value = 0;
    return CLI::detail::lexical_cast (text, value) && ! std::isfinite (value)
               ? "\"" + text + "\" is not a number"
               : std::string();
}

void addLoadOptions (CLI::App& app, Options& options)
{
    auto& settings = options.settings;
    const CLI::Range number (1, 10'000);
    app.add_option ("--socket", settings.socket, "The engine's Unix socket")->required();
    app.add_option ("--clients", settings.clients, "Clients")->check (number)->capture_default_str();
    app.add_option ("--depth", settings.depth, "Requests that each client has open at the same time")
        ->check (number)
        ->capture_default_str();
    app.add_option ("--seconds", settings.seconds, "How long requests begin")
        ->check (CLI::Range (0.1, 1e6))
        ->check (checkFinite)
        ->capture_default_str();
    app.add_option ("--settle", settings.settleSeconds,
                    "The first seconds of them, whose audio does not count in the throughput")
        ->check (CLI::Range (0.0, 1e6))
        ->check (checkFinite)
        ->capture_default_str();
    app.add_option ("--finish", settings.finishSeconds,
                    "Seconds that the requests which run then may take to end")
        ->check (CLI::Range (0.0, 1e6))
        ->check (checkFinite)
        ->capture_default_str();
    app.add_option ("--rate", settings.rate,
                    "Open loop: so many requests a second arrive, at random times that the seed decides; 0: "
                    "each client "
                    "begins its next request when the last one has ended")
        ->check (CLI::Range (0.0, 1e6))
        ->check (checkFinite)
        ->capture_default_str();
}

void addRequestOptions (CLI::App& app, Options& options)
{
    auto& settings = options.settings;
    auto* text = app.add_option ("--text", options.texts, "A line to speak; may be repeated [Hi there.]");
    app.add_option ("--texts", options.textFile, "A file with one line to speak in each line")
        ->excludes (text);
    app.add_option ("--voice", options.voices,
                    "A voice of the model, or the path (with a slash) of a recording; may be repeated: the "
                    "lines take them "
                    "in turn");
    app.add_option ("--seed", options.seed, "The same seed gives the same samples")
        ->check (checkSeed)
        ->capture_default_str();
    app.add_option ("--format", options.format, "Samples: f32 or s16")
        ->check (CLI::IsMember ({ "f32", "s16" }))
        ->capture_default_str();
    app.add_flag (
        "--client-names{c}", options.clientNames,
        "Name the clients c0, c1 and so on in tableread.client, so that this one process is many clients; "
        "--client-names=late names them late0, late1");
    app.add_option ("--due-ms", settings.dueMs, "tableread.due_ms of each request")->check (checkFinite);
}

void addMeasureOptions (CLI::App& app, Options& options)
{
    auto& settings = options.settings;
    app.add_flag ("--compare", settings.compare,
                  "First ask for each line alone; every later stream of it must have the same bytes");
    app.add_flag ("--baseline{1}", settings.baselineClients,
                  "First the same with one client, --baseline=8: with 8, and print the ratios to it");
    app.add_option ("--pid", settings.pid,
                    "The engine's process, whose memory, threads and descriptors are watched");
    app.add_flag ("--health", settings.asksHealth, "Ask for /health 20 times a second");
    app.add_flag ("--json", options.isJson, "Print JSON");
}

std::vector<std::string> linesOf (const std::filesystem::path& file)
{
    std::ifstream in (file);
    if (! in)
        fail (ErrorCode::NotFound, "cannot be read", file.string());
    std::vector<std::string> lines;
    for (std::string line; std::getline (in, line);)
        if (! line.empty())
            lines.push_back (line);
    if (lines.empty())
        fail (ErrorCode::InvalidInput, "there is no line in it", file.string());
    return lines;
}

/** Each text with each voice that it meets when both are taken in turn. */
std::vector<SpokenText> spokenTexts (const std::vector<std::string>& texts,
                                     const std::vector<std::string>& voices)
{
    std::vector<VoiceReference> references;
    for (const auto& voice : voices)
    {
        const std::filesystem::path path (voice);
        if (voice.find ('/') == std::string::npos)
            references.push_back ({ voice, {} });
        else
            references.push_back ({ path.stem().string(), std::filesystem::absolute (path) });
    }
    if (references.empty())
        references.emplace_back();
    std::vector<SpokenText> lines;
    for (std::size_t i = 0; i < std::lcm (texts.size(), references.size()); ++i)
        lines.push_back ({ texts[i % texts.size()], references[i % references.size()] });
    return lines;
}

LoadSettings settingsOf (Options options)
{
    auto settings = std::move (options.settings);
    if (settings.settleSeconds >= settings.seconds)
        fail (ErrorCode::InvalidInput, "--settle leaves nothing of --seconds. Give a smaller number.");
    if (! options.textFile.empty())
        options.texts = linesOf (options.textFile);
    if (options.texts.empty())
        options.texts = { "Hi there." };
    settings.lines = spokenTexts (options.texts, options.voices);
    settings.seed = parseSeed (options.seed).value_or (0);
    if (options.format == "s16")
        settings.format = protocol::SampleFormat::Int16;
    if (! options.clientNames.empty())
        settings.clientNames = options.clientNames;
    return settings;
}
} // namespace

int runLoadCommand (const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err)
{
    CLI::App app { "Asks an engine's server for speech as many clients do, and measures how it serves them.",
                   "tableread-load" };
    app.footer ("Exit codes: 0; 1 if a stream differed, an error other than 503 came, or nothing was done; 2 "
                "and 75 as "
                "tableread-engine.");
    Options options;
    addLoadOptions (app, options);
    addRequestOptions (app, options);
    addMeasureOptions (app, options);
    try
    {
        app.parse (
            std::vector<std::string> (arguments.rbegin(), arguments.rend())); // CLI11 takes them reversed
        const auto report = measureLoad (settingsOf (options));
        if (options.isJson)
            out << toJson (report).dump (2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
        else
            out << describe (report);
        return report.isGood() ? exitOk : exitInternal;
    }
    catch (const CLI::Success& success) // --help
    {
        return app.exit (success, out, err);
    }
    catch (const CLI::ParseError& error)
    {
        err << "tableread-load: " << error.what() << " See tableread-load --help.\n";
        return exitRefused;
    }
    catch (const Exception& exception)
    {
        err << "tableread-load: " << exception.what() << '\n';
        return exitCodeOf (exception.error.code);
    }
}
} // namespace tableread::test
