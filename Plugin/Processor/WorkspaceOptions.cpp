// SPDX-License-Identifier: GPL-3.0-or-later
// What a workspace is made of where nobody says otherwise.
#include <utility>

#include "EngineLink/SocketPath.h"
#include "Processor/Workspace.h"
#include "Take/Store/TakeStore.h"

namespace tableread::plugin
{
namespace
{
/** The program that decodes recordings lies beside the engine. */
ReaderProcess readerBeside (const EngineSearch& search)
{
    const auto engine = findEngine (search);
    if (! engine)
        return {};
    const auto program = engine->parent_path() / "tableread-read-recording";
    std::error_code ignored;
    return { .program = std::filesystem::exists (program, ignored) ? program : std::filesystem::path() };
}
} // namespace

Workspace::Options Workspace::currentOptions()
{
    Options options;
    auto& engine = options.stage.link.engine;
    engine.search = EngineSearch::current();
    engine.advice = socketAdvice();
    engine.arguments = { "--idle-exit", "600" }; // seconds: it is shared, so no plugin ends it
    if (auto socket = engineSocketPath())
        engine.socket = std::move (*socket);
    else
        options.problems.push_back (socket.error());

    const auto settings = readSettings (engine.search.settings);
    if (! settings)
        options.problems.push_back (settings.error());
    auto takes = takeStoreOptions (settings.value_or (Settings()));
    if (! takes)
    {
        options.problems.push_back (takes.error());
        takes = takeStoreOptions ({});
    }
    if (takes)
    {
        const auto store = std::make_shared<TakeStore> (std::move (*takes));
        options.stage.store = store;
        options.books.store = store;
    }
    options.reader = readerBeside (engine.search);
    options.books.reader = options.reader;
    return options;
}
} // namespace tableread::plugin
