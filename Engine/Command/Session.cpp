// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/Render/Report.h"
#include "Command/Subcommands.h"
#include "Core/Error.h"
#include "Logging/Channel.h"
#include "Logging/DescriptorOutput.h"
#include "Measure/Machine.h"

namespace tableread::engine
{
namespace
{
constexpr const char* about = R"(Speaks scripts with VibeVoice checkpoints.

  tableread-engine render script.txt --voice "Anna=anna.wav" -o out.wav
  tableread-engine inspect ~/models/VibeVoice-1.5B
  tableread-engine serve

Each command has its own --help with examples.)";

/** CLI11 alone would only say that a command is missing. */
void checkCommandName (const CLI::App& app, const std::vector<std::string>& arguments)
{
    if (arguments.empty() || arguments.front().starts_with ('-'))
        return;
    std::string names;
    for (const auto* command : app.get_subcommands ([] (const CLI::App*) { return true; }))
    {
        if (command->get_name() == arguments.front())
            return;
        names += (names.empty() ? "" : ", ") + command->get_name();
    }
    throw CLI::ParseError ('"' + arguments.front() + "\" is not a command; the commands are " + names,
                           CLI::ExitCodes::InvalidError);
}

/** The message of a command line that cannot be read. */
Error unreadable (const CLI::App& app, const CLI::ParseError& error)
{
    std::string command, why = error.what();
    for (const auto* chosen : app.get_subcommands())
        command = chosen->get_name() + ' ';
    if (! why.empty() && why.back() != '.')
        why += '.';
    return { ErrorCode::InvalidInput, why + " See tableread-engine " + command + "--help.", {} };
}

/** Says a sentence, unless nobody reads it: a pipe that the log has filled must not keep the process from its end. */
void say (const std::string& sentence, Session& session)
{
    if (session.errDescriptor < 0)
    {
        session.err << sentence;
        return;
    }
    session.err.flush();
    LogChannel channel (std::make_unique<DescriptorOutput> (session.errDescriptor), {},
                        { .lineBytes = std::size_t { 1 } << 16 });
    channel.push (sentence);
}

/** One sentence for people; with --json also an object for programs. @returns the exit code. */
int report (const Error& error, const std::vector<std::string>& arguments, Session& session)
{
    say ("tableread-engine: " + error.text() + '\n', session);
    const int code = exitCodeOf (error.code);
    if (std::find (arguments.begin(), arguments.end(), "--json") != arguments.end())
        session.out << nlohmann::json { { "error", toJson (error) }, { "exit_code", code } }.dump (
                           2, ' ', false, nlohmann::json::error_handler_t::replace)
                    << '\n';
    return code;
}
} // namespace

Error outOfMemory()
{
    return { ErrorCode::OutOfMemory, "out of memory. Close other programs, or use a smaller model.", {} };
}

int runCommandLine (const std::vector<std::string>& arguments, Session& session)
{
    session.arguments = arguments;
    CLI::App app (about, "tableread-engine");
    app.require_subcommand (1);
    app.footer (exitCodes);
    app.set_version_flag ("--version", "tableread-engine " TABLEREAD_VERSION " (" + commit() + ")",
                          "Print version and commit");
    for (const auto add :
         { addRender, addProject, addServe, addSettings, addInspect, addSelfTest, addBench, addProfile,
           addPlan, addConvert, addReplay, addBatch, addGather, addSubmit, addStatus })
        add (app, session);

    try
    {
        checkCommandName (app, arguments);
        app.parse (
            std::vector<std::string> (arguments.rbegin(), arguments.rend())); // CLI11 takes them reversed
        if (session.needsTorch && session.continueWithTorch)
            session.continueWithTorch();
        return session.action();
    }
    catch (const CLI::Success& success) // --help, --version
    {
        return app.exit (success, session.out, session.err);
    }
    catch (const CLI::ParseError& error)
    {
        return report (unreadable (app, error), arguments, session);
    }
    catch (const Exception& exception)
    {
        return report (exception.error, arguments, session);
    }
    catch (const std::bad_alloc&)
    {
        return report (outOfMemory(), arguments, session);
    }
    catch (const std::exception& exception)
    {
        return report ({ ErrorCode::Internal, exception.what(), {} }, arguments, session);
    }
}
} // namespace tableread::engine
