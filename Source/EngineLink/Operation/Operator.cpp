// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Operation/Operator.h"

#include <algorithm>
#include <utility>

#include "EngineLink/RunningEngine.h"
#include "EngineLink/SocketPath.h"

namespace tableread
{
namespace
{
using Operation = EngineOperation::Kind;
using EngineState = EngineView::State;

constexpr std::chrono::milliseconds endPause { 50 };

/** Errors in the view are read by people: what failed with the connection names the log too. */
Error inWords (const CallFailure& failure, const std::filesystem::path& log)
{
    auto error = failure.error;
    if (failure.kind == CallFailure::Kind::NoEngine)
        error.message = "no engine runs. Start it first";
    else if (failure.kind == CallFailure::Kind::Lost)
        error.message += ". Its log: " + log.string();
    return error;
}
} // namespace

EngineOperator::EngineOperator (Options wanted)
    : options ([&] {
        wanted.engine.onProgress = [this] (const StartProgress& progress) { starting (progress); };
        return std::move (wanted);
    }())
    , supervisor (options.engine)
    , program (options.engine.search.setting)
    , worker ([this] { work(); })
    , watcher ([this] { watch(); })
{}

EngineOperator::~EngineOperator()
{
    {
        const std::lock_guard lock (mutex);
        leaving = true;
        queue.clear();
        stop.raise();
        over.raise();
    }
    wake.notify_all();
    worker.join();
    watcher.join();
}

/** Shows a copy of the view with a change. */
template <typename Change>
void EngineOperator::publish (Change change)
{
    const std::lock_guard lock (mutex);
    auto next = std::make_shared<EngineView> (*latest);
    change (*next);
    next->waiting = queue.size();
    latest = std::move (next);
}

std::shared_ptr<const EngineView> EngineOperator::view() const
{
    const std::lock_guard lock (mutex);
    return latest;
}

std::filesystem::path EngineOperator::log() const
{
    return socketLogPath (options.engine.socket);
}

void EngineOperator::setWatched (bool watched)
{
    const std::lock_guard lock (mutex);
    isWatched = watched;
    wake.notify_all();
}

Result<void> EngineOperator::begin (EngineOperation operation)
{
    const std::lock_guard lock (mutex);
    if (operation.kind == Operation::Plan)
        std::erase_if (queue, [] (const auto& each) { return each.kind == Operation::Plan; });
    if (queue.size() >= options.mostWaiting)
        return tl::unexpected (Error { ErrorCode::Busy,
                                       "the engine is still busy with what it was asked for before. Wait for "
                                       "that, or cancel it.",
                                       {} });
    queue.push_back (std::move (operation));
    wake.notify_all();
    return {};
}

void EngineOperator::cancel()
{
    const std::lock_guard lock (mutex);
    queue.clear();
    if (latest->running)
        stop.raise();
}

void EngineOperator::setProgram (std::filesystem::path setting)
{
    const std::lock_guard lock (mutex);
    program = std::move (setting);
    isOther = looksNow = true;
    wake.notify_all();
}

EngineSearch EngineOperator::search() const
{
    auto current = options.engine.search;
    const std::lock_guard lock (mutex);
    current.setting = program;
    return current;
}

void EngineOperator::work()
{
    for (;;)
    {
        EngineOperation operation;
        {
            Lock lock (mutex);
            wake.wait (lock, [this] { return leaving || ! queue.empty(); });
            if (leaving)
                return;
            operation = std::move (queue.front());
            queue.pop_front();
            stop.lower();
            auto next = std::make_shared<EngineView> (*latest);
            next->running = EngineView::Running { operation, EngineView::Clock::now() };
            next->waiting = queue.size();
            latest = std::move (next);
            if (std::exchange (isOther, false))
                supervisor.setProgram (program);
        }
        const auto outcome = carryOut (operation);
        publish ([&] (EngineView& view) {
            EngineView::Ended ended { .what = operation, .number = ++count };
            if (outcome)
                ended.model = *outcome;
            else
                ended.failure = outcome.error();
            view.running.reset();
            (operation.kind == Operation::Plan ? view.plan : view.ended) = std::move (ended);
            looksNow = true;
        });
        wake.notify_all();
    }
}

EngineOperator::Outcome EngineOperator::carryOut (const EngineOperation& operation)
{
    switch (operation.kind)
    {
        case Operation::Start:
        case Operation::StartEmbedded:
            return start (operation.kind == Operation::StartEmbedded);
        case Operation::Stop:
            return end (false);
        case Operation::Restart:
            return end (true).and_then ([this] (const auto&) { return start (false); });
        case Operation::Plan:
        case Operation::Load:
        case Operation::Unload:
            break;
    }
    return change (operation);
}

/** Uses the engine that is there, and starts one if there is none. Whoever asks wants it: earlier failures do not count. */
EngineOperator::Outcome EngineOperator::start (bool withEmbeddedModel)
{
    supervisor.tryAgain (withEmbeddedModel);
    const auto health = supervisor.ensureRunning (stop);
    if (! health)
        return tl::unexpected (health.error());
    return std::optional<protocol::Model>();
}

/** Asks the engine to end as soon as nobody uses it, and waits for that. */
EngineOperator::Outcome EngineOperator::end (bool waitsForSpeech)
{
    const auto& socket = options.engine.socket;
    const auto listener = listenerAt (socket);
    if (listener == 0)
        return std::optional<protocol::Model>();
    const auto found = findEngine (search());
    if (! askToEndWhenIdle (socket, found ? found->filename().string() : "tableread-engine"))
        return tl::unexpected (
            Error { ErrorCode::Unsupported,
                    "this engine was not started by a plugin, so it is ended where it was started",
                    socket.string() });
    const auto begun = EngineView::Clock::now();
    while (listenerAt (socket) == listener)
    {
        if (! waitsForSpeech && EngineView::Clock::now() - begun > options.patience)
            return tl::unexpected (
                Error { ErrorCode::Busy,
                        "the engine still speaks for somebody. It ends as soon as that is done.",
                        {} });
        if (stop.pause (endPause))
            return tl::unexpected (Error { ErrorCode::Cancelled, "cancelled", {} });
    }
    return std::optional<protocol::Model>();
}

EngineOperator::Outcome EngineOperator::change (const EngineOperation& operation)
{
    using protocol::ModelAction;
    constexpr const char* first = "tableread"; // the engine's first model
    Client client (options.engine.socket, options.engine.timeouts);
    const StopSignal::Action breakOff (stop, [&client] { client.cancel(); });
    const auto action = operation.kind == Operation::Plan   ? ModelAction::Plan
                        : operation.kind == Operation::Load ? ModelAction::Load
                                                            : ModelAction::Unload;
    auto answer =
        client.change (action, operation.model.empty() ? first : operation.model, operation.settings);
    if (! answer)
        return tl::unexpected (inWords (answer.error(), log()));
    return std::optional (std::move (*answer));
}

void EngineOperator::starting (const StartProgress& progress)
{
    publish ([&] (EngineView& view) {
        if (view.running)
            view.running->start = progress;
    });
}

void EngineOperator::watch()
{
    Client client (options.engine.socket, options.engine.timeouts);
    const StopSignal::Action breakOff (over, [&client] { client.cancel(); });
    Lock lock (mutex);
    while (! leaving)
    {
        if (! isWatched)
        {
            wake.wait (lock, [this] { return leaving || isWatched; });
            continue;
        }
        looksNow = false;
        lock.unlock();
        look (client);
        lock.lock();
        wake.wait_for (lock, options.every, [this] { return leaving || ! isWatched || looksNow; });
    }
}

/** Asks the engine how it is. */
void EngineOperator::look (Client& client)
{
    const auto health = client.health();
    if (! health && health.error().kind == CallFailure::Kind::Cancelled)
        return;
    if (! health)
    {
        const bool isAbsent = health.error().kind == CallFailure::Kind::NoEngine;
        if (! isAbsent)
            return seen (EngineState::Silent, health.error().error);
        figures.forget();
        const auto found = findEngine (search());
        return seen (EngineState::Absent, found ? std::nullopt : std::optional (found.error()));
    }
    if (health->protocol != protocol::version)
    {
        publish ([&] (EngineView& view) { view.health = *health; });
        return seen (EngineState::Foreign);
    }
    const auto models = client.models();
    const auto metrics = client.metrics();
    const auto version = client.version();
    publish ([&] (EngineView& view) {
        view.health = *health;
        if (models)
            view.models = *models;
        if (metrics)
            view.figures = figures.read (*metrics);
        if (version)
            view.version = *version;
    });
    seen (health->status == "ok" ? EngineState::Ready : EngineState::Loading);
}

void EngineOperator::seen (EngineState state, std::optional<Error> problem)
{
    publish ([&] (EngineView& view) {
        if (view.state != state)
            view.since = EngineView::Clock::now();
        if (state == EngineState::Absent || state == EngineState::Foreign)
        {
            view.models.clear();
            view.figures = {};
            view.version = {};
        }
        view.state = state;
        view.problem = std::move (problem);
    });
}
} // namespace tableread
