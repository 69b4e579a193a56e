// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "Render/Renderer.h"
#include "Server/MemoryBudget.h"
#include "Server/PcmQueue.h"
#include "Server/VoiceShelf.h"

namespace tableread::engine
{
/** One speech job: the lines, their voices, and where the samples go. */
struct SpeechJob
{
    explicit SpeechJob (std::size_t maxQueuedSamples) : queue (maxQueuedSamples) {}

    std::string id; // for the log
    std::vector<SpokenLine> lines;
    std::vector<std::shared_ptr<const ShelfVoice>> voices; // one of each speaker; may be the same
    std::vector<std::shared_ptr<MemoryBudget::Share>> voiceMemory;
    RenderSettings settings;
    PcmQueue queue;
};

/** What a job is told that comes too late. */
Error stoppingError();

/** The render thread and its Renderer: one job at a time, in order of arrival.

    Threads   the Renderer is created, used and destroyed on the one thread that this class owns. Methods: any thread.
    Errors    a job that fails ends its own queue with the error; the next one is not affected.
*/
class RenderWorker
{
public:
    struct Limits
    {
        std::size_t cachedVoices = 16;
        /** How long submit() waits for the end of the current frame if its client has just left. */
        std::chrono::milliseconds patience { 300 };
    };

    using Loader = std::function<std::unique_ptr<Renderer>()>;

    /** Starts the thread, which first loads the model. `whenLoaded` is called on it, also if loading failed. */
    RenderWorker (Loader load, Limits limits, std::function<void()> whenLoaded = {});
    ~RenderWorker(); // abandons the running job and waits for the end of its frame

    /** Waits until loading ends. @throws what the loader threw. */
    void waitUntilLoaded();

    /** Does not wait. @throws what the loader threw, if it did. */
    void rethrowLoadFailure() const;

    /** Empty while the model loads. */
    std::optional<ModelInfo> info() const;
    bool busy() const;

    /** submit() would answer Busy, as far as is known now. Does not wait. */
    bool wouldRefuse() const;
    Error busyError() const;

    /** Submits a job. @returns Busy while the model loads or another job runs for a client that is still connected. */
    [[nodiscard]] Result<void> submit (std::shared_ptr<SpeechJob> job);

    /** Abandons the running job, if any, and refuses new ones. */
    void stop();

private:
    void run (const Loader& load, const std::function<void()>& whenLoaded);
    void load (const Loader& load);
    void serve (SpeechJob& job);
    EncodedVoice encoded (const ShelfVoice& voice);

    const Limits limits;
    std::unique_ptr<Renderer> renderer;                         // render thread
    std::list<std::pair<std::string, EncodedVoice>> voiceCache; // render thread; the most recently used first

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::shared_ptr<SpeechJob> current; // handed over or running
    std::optional<ModelInfo> modelInfo; // once loaded
    std::exception_ptr loadFailure;
    bool taken = false; // the thread has started on `current`
    bool stopping = false;
    std::thread thread;
};
} // namespace tableread::engine
