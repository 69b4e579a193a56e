// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include <CLI/CLI.hpp>

#include "Command/Subcommands.h"
#include "Core/Error.h"
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

int exitCodeOf (ErrorCode code)
{
    switch (code)
    {
        case ErrorCode::Internal:
            return exitInternal;
        case ErrorCode::Busy:
            return exitBusy;
        default:
            return exitBadInput;
    }
}

/** CLI11 would only say that some command is missing. */
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
    throw CLI::ParseError ('"' + arguments.front() + "\" is no command; there are " + names,
                           CLI::ExitCodes::InvalidError);
}

int refuse (Session& session, const std::string& command, const std::string& why)
{
    session.err << "tableread-engine: " << why << " See tableread-engine " << command << "--help.\n";
    return exitBadInput;
}
} // namespace

int runCommandLine (const std::vector<std::string>& arguments, Session& session)
{
    CLI::App app (about, "tableread-engine");
    app.require_subcommand (1);
    app.set_version_flag ("--version", "tableread-engine " TABLEREAD_VERSION " (" + commit() + ")",
                          "Print version and commit");
    for (const auto add : { addRender, addServe, addInspect, addSelfTest, addBench, addProfile, addPlan,
                            addConvert, addReplay })
        add (app, session);

    std::string command;
    try
    {
        checkCommandName (app, arguments);
        app.parse (
            std::vector<std::string> (arguments.rbegin(), arguments.rend())); // CLI11 takes them reversed
        return session.action();
    }
    catch (const CLI::Success& success) // --help, --version
    {
        return app.exit (success, session.out, session.err);
    }
    catch (const CLI::ParseError& error)
    {
        for (const auto* chosen : app.get_subcommands())
            command = chosen->get_name() + ' ';
        std::string why = error.what();
        if (! why.empty() && why.back() != '.')
            why += '.';
        return refuse (session, command, why);
    }
    catch (const Exception& exception)
    {
        session.err << "tableread-engine: " << exception.what() << '\n';
        return exitCodeOf (exception.error.code);
    }
    catch (const std::bad_alloc&)
    {
        session.err
            << "tableread-engine: the system refused memory. Close other programs, or use a smaller model.\n";
        return exitBadInput;
    }
    catch (const std::exception& exception)
    {
        session.err << "tableread-engine: " << exception.what() << '\n';
        return exitInternal;
    }
}
} // namespace tableread::engine
