// SPDX-License-Identifier: GPL-3.0-or-later
// What a workspace is made of where nobody says otherwise.
#include <utility>

#include "EngineLink/EngineFinder.h"
#include "EngineLink/SocketPath.h"
#include "Processor/Workspace.h"
#include "Take/Store/TakeStore.h"

namespace tableread::plugin
{
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
    options.reader.program = findRecordingReader (engine.search);
    options.books.reader = options.reader;
    return options;
}
} // namespace tableread::plugin
