// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "Server/Models/Status.h"
#include "Server/Voices/Cache.h"

namespace tableread::engine
{
/** The error of what was thrown; `noMemory` is said where memory ran out. */
Error errorOf (const std::exception_ptr& failure, const char* noMemory);

/** The models of one render thread: which are loaded, and what was asked to change.

    Threads   the Renderers and their voices: the render thread only. What is known of them is a table behind a mutex, which
              nobody holds while something is loaded, or somebody told.
    Changes   of one model are made one after the other, each when nobody speaks with the model; meanwhile it takes no jobs.
              A loading blocks the thread, and with it the other models. Whoever asked need not wait for the end.
*/
class RenderModels
{
public:
    using Loader = std::function<std::unique_ptr<Renderer>()>;

    /** Whether passages of a model are in flight. [render thread] */
    using IsSpeaking = std::function<bool (std::size_t model)>;

    struct Model
    {
        std::unique_ptr<Renderer> renderer; // null: it is not loaded
        VoiceCache voices;
    };

    static constexpr std::size_t mostChanges = 16; // that wait for one model

    RenderModels (std::size_t count, std::size_t cachedVoices);

    std::size_t count() const { return table.size(); }

    // Any thread.

    /** Waits until the loading at the start is over. @throws what a loader threw. */
    void waitUntilStarted() const;

    /** Does not wait. @throws what a loader threw at the start, if one did. */
    void rethrowStartFailure() const;

    /** All were loaded at the start. */
    bool haveStarted() const;

    ModelState state (std::size_t model) const;
    ModelStatus status (std::size_t model) const;
    bool isLoading() const; // any of them
    std::size_t loadedCount() const;

    /** What is said meanwhile. */
    Error loadingError() const;

    /** Why a model takes no jobs: Busy while it loads, else Unloaded. */
    Error whyNot (std::size_t model) const;

    /** The fewest of the loaded models; 0 if none is, 1 before the start is over. */
    int seats() const;

    /** Asks for a change. What is so already, and what is refused, is answered at once.
        @returns whether the render thread has to be woken. */
    bool ask (ModelChange change);

    /** From now on no change is made, but the one that is being made, and none is accepted. */
    void refuse (const Error& why);

    // The render thread.

    Model& operator[] (std::size_t model) { return models[model]; }
    std::vector<Model>& all() { return models; }

    /** Loads all of them. @returns false if one could not be; then only stop() may follow. */
    bool start (const std::vector<Loader>& loaders, const std::function<int (Renderer&)>& seats);

    /** change() would do something. */
    bool canChange (const IsSpeaking& isSpeaking) const;

    /** Makes the changes that can be made now. @returns whether there were any. */
    bool change (const IsSpeaking& isSpeaking);

    /** Unloads all, refuses, and tells those that wait. */
    void stop (const Error& why);

private:
    void load (std::size_t model, const ModelLoad& wanted);
    void free (std::size_t model);
    ModelOutcome apply (const ModelChange& change);
    bool isSo (const ModelChange& change) const;
    const ModelChange* firstOf (std::size_t model) const;
    ModelStatus statusOf (std::size_t model) const;
    const ModelChange* due (const IsSpeaking& isSpeaking) const;

    std::size_t cachedVoices;
    std::vector<Model> models; // render thread

    mutable std::mutex mutex;
    mutable std::condition_variable startIsOver;
    std::vector<ModelStatus> table; // without what changes do to the states
    std::deque<ModelChange> changes;
    bool started = false;
    std::exception_ptr startFailure;
    std::optional<Error> refusal; // of all changes
};
} // namespace tableread::engine
