// SPDX-License-Identifier: Apache-2.0
#include "Server/Models/RenderModels.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <new>
#include <unistd.h>
#include <utility>

#include <spdlog/spdlog.h>

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;

/** What the process holds of the machine's memory, as the system counts it; 0 if it does not say. */
std::int64_t residentBytes()
{
    std::int64_t pages = 0, resident = 0;
    std::ifstream ("/proc/self/statm") >> pages >> resident;
    return resident * sysconf (_SC_PAGESIZE);
}

double secondsSince (Clock::time_point begin)
{
    return std::chrono::duration<double> (Clock::now() - begin).count();
}

void tell (const ModelChange& change, const Result<ModelOutcome>& outcome)
{
    if (change.done)
        change.done (outcome);
}
} // namespace

Error errorOf (const std::exception_ptr& failure, const char* noMemory)
{
    try
    {
        std::rethrow_exception (failure);
    }
    catch (const Exception& exception)
    {
        return exception.error;
    }
    catch (const std::bad_alloc&)
    {
        return { ErrorCode::OutOfMemory, noMemory, {} };
    }
    catch (const std::exception& exception)
    {
        return { ErrorCode::Internal, exception.what(), {} };
    }
}

RenderModels::RenderModels (std::size_t count, std::size_t voices) : cachedVoices (voices), table (count)
{
    models.reserve (count);
    for (std::size_t i = 0; i < count; ++i)
        models.push_back ({ nullptr, VoiceCache (cachedVoices) });
}

void RenderModels::waitUntilStarted() const
{
    std::unique_lock lock (mutex);
    startIsOver.wait (lock, [this] { return started || startFailure != nullptr; });
    if (startFailure != nullptr)
        std::rethrow_exception (startFailure);
}

void RenderModels::rethrowStartFailure() const
{
    const std::lock_guard lock (mutex);
    if (startFailure != nullptr)
        std::rethrow_exception (startFailure);
}

bool RenderModels::haveStarted() const
{
    const std::lock_guard lock (mutex);
    return started;
}

/** The oldest change that waits for a model, or is being made. Called with the mutex locked, as are the three below. */
const ModelChange* RenderModels::firstOf (std::size_t model) const
{
    const auto found = std::ranges::find (changes, model, &ModelChange::model);
    return found == changes.end() ? nullptr : &*found;
}

ModelStatus RenderModels::statusOf (std::size_t model) const
{
    auto status = table.at (model);
    if (! started)
        return ModelStatus { .state = ModelState::Loading };
    if (const auto* change = firstOf (model))
        status.state = change->load ? ModelState::Loading : ModelState::Unloading;
    return status;
}

/** Nothing has to be done for a change. */
bool RenderModels::isSo (const ModelChange& change) const
{
    const auto& now = table[change.model];
    return change.load ? now.state == ModelState::Loaded && now.settings == change.load->settings
                       : now.state == ModelState::Unloaded;
}

/** The next change that can be made. */
const ModelChange* RenderModels::due (const IsSpeaking& isSpeaking) const
{
    if (refusal)
        return nullptr;
    for (const auto& change : changes)
        if (&change == firstOf (change.model) && (! isSpeaking (change.model) || isSo (change)))
            return &change;
    return nullptr;
}

ModelState RenderModels::state (std::size_t model) const
{
    const std::lock_guard lock (mutex);
    if (! started)
        return ModelState::Loading;
    const auto* change = firstOf (model);
    return change == nullptr ? table.at (model).state
           : change->load    ? ModelState::Loading
                             : ModelState::Unloading;
}

ModelStatus RenderModels::status (std::size_t model) const
{
    const std::lock_guard lock (mutex);
    return statusOf (model);
}

bool RenderModels::isLoading() const
{
    const std::lock_guard lock (mutex);
    return ! started || std::ranges::any_of (changes, [] (const auto& change) { return ! ! change.load; });
}

std::size_t RenderModels::loadedCount() const
{
    const std::lock_guard lock (mutex);
    return static_cast<std::size_t> (std::ranges::count (table, ModelState::Loaded, &ModelStatus::state));
}

Error RenderModels::loadingError() const
{
    return { ErrorCode::Busy,
             haveStarted() ? "the model is being loaded. Try again in a second."
                           : "the engine is still loading its model. Try again in a second.",
             {} };
}

Error RenderModels::whyNot (std::size_t model) const
{
    const auto now = status (model);
    if (now.state == ModelState::Loading)
        return loadingError();
    return { ErrorCode::Unloaded,
             fmt::format ("the model is not loaded{}. Load it: POST /v1/tableread/models/{{id}}/load.",
                          now.failure ? ", because loading it failed" : ""),
             "model" };
}

int RenderModels::seats() const
{
    const std::lock_guard lock (mutex);
    if (! started)
        return 1;
    int fewest = 0;
    for (const auto& status : table)
        if (status.state == ModelState::Loaded)
            fewest = fewest == 0 ? status.seats : std::min (fewest, status.seats);
    return fewest;
}

bool RenderModels::ask (ModelChange change)
{
    Result<ModelOutcome> answer;
    {
        const std::lock_guard lock (mutex);
        const auto waiting =
            static_cast<std::size_t> (std::ranges::count (changes, change.model, &ModelChange::model));
        if (refusal)
            answer = tl::make_unexpected (*refusal);
        else if (started && waiting == 0 && isSo (change))
            answer = ModelOutcome { .status = statusOf (change.model) };
        else if (waiting >= mostChanges)
            answer = tl::make_unexpected (
                Error { ErrorCode::Busy,
                        fmt::format ("{} requests to load or unload this model wait already. Try again in a "
                                     "second.",
                                     waiting),
                        {} });
        else
        {
            changes.push_back (std::move (change));
            return true;
        }
    }
    tell (change, answer);
    return false;
}

bool RenderModels::start (const std::vector<Loader>& loaders, const std::function<int (Renderer&)>& seats)
{
    std::exception_ptr failure;
    try
    {
        for (std::size_t i = 0; i < loaders.size(); ++i)
            load (i, { loaders[i], seats });
    }
    catch (...)
    {
        failure = std::current_exception();
    }
    const std::lock_guard lock (mutex);
    startFailure = failure;
    started = failure == nullptr;
    startIsOver.notify_all();
    return started;
}

/** @throws what the loader throws; then the model is not loaded. */
void RenderModels::load (std::size_t index, const ModelLoad& wanted)
{
    const auto before = residentBytes();
    ModelStatus status { .state = ModelState::Loaded, .settings = wanted.settings };
    auto renderer = wanted.load();
    status.seats = std::max (1, wanted.seats (*renderer));
    status.info = renderer->info();
    status.hostBytes = std::max<std::int64_t> (0, residentBytes() - before);
    models[index].renderer = std::move (renderer);
    const std::lock_guard lock (mutex);
    table[index] = std::move (status);
}

/** Destroys a model and what belongs to it. */
void RenderModels::free (std::size_t index)
{
    {
        const std::lock_guard lock (mutex);
        table[index] = ModelStatus { .state = ModelState::Unloaded };
    }
    models[index].voices = VoiceCache (cachedVoices); // first: they are the Renderer's
    models[index].renderer.reset();
    malloc_trim (0);
}

bool RenderModels::canChange (const IsSpeaking& isSpeaking) const
{
    const std::lock_guard lock (mutex);
    return due (isSpeaking) != nullptr;
}

bool RenderModels::change (const IsSpeaking& isSpeaking)
{
    for (bool any = false;; any = true)
    {
        ModelChange wanted;
        {
            const std::lock_guard lock (mutex);
            const auto* found = due (isSpeaking);
            if (found == nullptr)
                return any;
            wanted = *found; // it stays in the list until it is made: see statusOf()
        }
        Result<ModelOutcome> outcome;
        try
        {
            outcome = apply (wanted);
        }
        catch (...)
        {
            auto error =
                errorOf (std::current_exception(),
                         "out of memory for this model. Unload another one, or close other programs.");
            spdlog::error ("a model cannot be loaded: {}", error.text());
            const std::lock_guard lock (mutex);
            table[wanted.model] = ModelStatus { .state = ModelState::Failed, .failure = error };
            outcome = tl::make_unexpected (std::move (error));
        }
        {
            const std::lock_guard lock (mutex);
            changes.erase (std::ranges::find (changes, wanted.model, &ModelChange::model));
            if (outcome)
                outcome->status = statusOf (wanted.model);
        }
        tell (wanted, outcome);
    }
}

/** Loads or unloads. @throws what the loader throws. */
ModelOutcome RenderModels::apply (const ModelChange& wanted)
{
    ModelOutcome outcome;
    {
        const std::lock_guard lock (mutex);
        if (isSo (wanted))
            return outcome;
    }
    outcome.changed = true;
    const auto begin = Clock::now();
    const auto& renderer = models[wanted.model].renderer;
    const auto name = renderer == nullptr ? std::string() : renderer->info().name;
    const auto deviceBytes = renderer == nullptr ? std::function<std::int64_t()>() : renderer->deviceBytes();
    const auto hostBefore = residentBytes();
    const auto deviceBefore = deviceBytes ? deviceBytes() : 0;
    free (wanted.model); // before another one is loaded: there may be no room for both
    outcome.hostBytes = std::max<std::int64_t> (0, hostBefore - residentBytes());
    outcome.deviceBytes = deviceBytes ? std::max<std::int64_t> (0, deviceBefore - deviceBytes()) : 0;
    if (wanted.load)
        load (wanted.model, *wanted.load);
    outcome.seconds = secondsSince (begin);
    if (const auto& loaded = models[wanted.model].renderer; loaded != nullptr)
    {
        const auto& info = loaded->info();
        spdlog::info ("{} is loaded on {} in {:.1f} s, {}", info.name, info.device, outcome.seconds,
                      info.fingerprint);
        for (const auto& note : info.notes)
            spdlog::warn ("{}", note);
    }
    else if (! name.empty())
        spdlog::info ("{} is unloaded; that freed {:.0f} MB of memory, and {:.0f} MB of the device's", name,
                      (double) outcome.hostBytes / 1e6, (double) outcome.deviceBytes / 1e6);
    return outcome;
}

void RenderModels::refuse (const Error& why)
{
    const std::lock_guard lock (mutex);
    refusal = why;
}

void RenderModels::stop (const Error& why)
{
    refuse (why);
    models.clear();
    std::deque<ModelChange> left;
    {
        const std::lock_guard lock (mutex);
        left.swap (changes);
    }
    for (const auto& change : left)
        tell (change, tl::make_unexpected (why));
}
} // namespace tableread::engine
