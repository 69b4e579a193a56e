// SPDX-License-Identifier: Apache-2.0
#include "Server/Models/RenderModels.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace tableread::engine
{
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
    change.tell (answer);
    return false;
}

void RenderModels::refuse (const Error& why)
{
    const std::lock_guard lock (mutex);
    refusal = why;
}
} // namespace tableread::engine
