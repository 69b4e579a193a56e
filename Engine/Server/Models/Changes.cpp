// SPDX-License-Identifier: Apache-2.0
// How RenderModels loads and unloads, on the render thread.
#include <algorithm>
#include <chrono>
#include <malloc.h>
#include <new>
#include <utility>

#include <spdlog/spdlog.h>

#include "Core/Process/ResidentMemory.h"
#include "Server/Models/RenderModels.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;

std::optional<DeviceRoom> roomOf (const ModelInfo& info)
{
    if (! info.plannedMemory)
        return {};
    return DeviceRoom { info.device, info.plannedMemory->free,
                        info.plannedPeakBytes - info.plannedMemory->peak };
}

double secondsSince (Clock::time_point begin)
{
    return std::chrono::duration<double> (Clock::now() - begin).count();
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
    status.room = roomOf (*status.info);
    malloc_trim (0); // what only loading needed: up to twice the weights
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
        table[index] = ModelStatus { .state = ModelState::Unloaded, .room = table[index].room };
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
            table[wanted.model] = ModelStatus { .state = ModelState::Failed,
                                                .failure = error,
                                                .room = table[wanted.model].room };
            outcome = tl::make_unexpected (std::move (error));
        }
        {
            const std::lock_guard lock (mutex);
            changes.erase (std::ranges::find (changes, wanted.model, &ModelChange::model));
            if (outcome)
                outcome->status = statusOf (wanted.model);
        }
        wanted.tell (outcome);
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
        change.tell (tl::make_unexpected (why));
}
} // namespace tableread::engine
