// SPDX-License-Identifier: Apache-2.0
#include "Server/RenderWorker.h"

#include <new>

#include <spdlog/spdlog.h>

namespace tableread::engine
{
Error stoppingError()
{
    return { ErrorCode::Cancelled, "the engine is stopping. Start it again.", {} };
}

RenderWorker::RenderWorker (Loader loader, Limits wanted, std::function<void()> whenLoaded) : limits (wanted)
{
    thread = std::thread ([this, loader = std::move (loader), whenLoaded = std::move (whenLoaded)] {
        run (loader, whenLoaded);
    });
}

RenderWorker::~RenderWorker()
{
    stop();
    if (thread.joinable())
        thread.join();
}

void RenderWorker::waitUntilLoaded()
{
    std::unique_lock lock (mutex);
    changed.wait (lock, [this] { return modelInfo.has_value() || loadFailure != nullptr; });
    if (loadFailure != nullptr)
        std::rethrow_exception (loadFailure);
}

void RenderWorker::rethrowLoadFailure() const
{
    const std::lock_guard lock (mutex);
    if (loadFailure != nullptr)
        std::rethrow_exception (loadFailure);
}

std::optional<ModelInfo> RenderWorker::info() const
{
    const std::lock_guard lock (mutex);
    return modelInfo;
}

bool RenderWorker::busy() const
{
    const std::lock_guard lock (mutex);
    return current != nullptr;
}

bool RenderWorker::wouldRefuse() const
{
    const std::lock_guard lock (mutex);
    return ! stopping && (! modelInfo || (current != nullptr && ! current->queue.ended()));
}

Error RenderWorker::busyError() const
{
    const bool isLoading = ! info();
    return { ErrorCode::Busy,
             isLoading ? "the engine is still loading its model. Try again in a second."
                       : "the engine is speaking for another client. Try again in a second.",
             {} };
}

Result<void> RenderWorker::submit (std::shared_ptr<SpeechJob> job)
{
    std::unique_lock lock (mutex);
    // A client that has just hung up is noticed within microseconds, and its render ends with the current frame; the
    // next request should not be refused because of that.
    changed.wait_for (lock, limits.patience,
                      [this] { return (modelInfo && current == nullptr) || stopping; });
    if (stopping)
        return tl::make_unexpected (stoppingError());
    if (! modelInfo || current != nullptr)
    {
        lock.unlock();
        return tl::make_unexpected (busyError());
    }
    current = std::move (job);
    taken = false;
    changed.notify_all();
    return {};
}

void RenderWorker::stop()
{
    const std::lock_guard lock (mutex);
    stopping = true;
    if (current != nullptr)
        current->queue.abandon();
    changed.notify_all();
}

void RenderWorker::load (const Loader& loader)
{
    std::unique_ptr<Renderer> made;
    std::exception_ptr failure;
    try
    {
        made = loader();
    }
    catch (...)
    {
        failure = std::current_exception();
    }
    renderer = std::move (made);
    const std::lock_guard lock (mutex);
    loadFailure = failure;
    if (renderer != nullptr)
        modelInfo = renderer->info();
    changed.notify_all();
}

void RenderWorker::run (const Loader& loader, const std::function<void()>& whenLoaded)
{
    load (loader);
    if (whenLoaded)
        whenLoaded();
    if (renderer == nullptr)
        return;
    std::unique_lock lock (mutex);
    while (true)
    {
        changed.wait (lock, [this] { return stopping || (current != nullptr && ! taken); });
        if (current != nullptr && ! taken)
        {
            taken = true;
            const auto job = current;
            lock.unlock();
            serve (*job);
            lock.lock();
            current.reset();
            changed.notify_all();
        }
        if (stopping)
            break;
    }
    lock.unlock();
    voiceCache.clear();
    renderer.reset();
}

void RenderWorker::serve (SpeechJob& job)
{
    const auto failed = [&job] (ErrorCode code, std::string message) {
        spdlog::error ("{}: failed: {}", job.id, message);
        job.queue.fail ({ code, std::move (message), {} });
    };
    try
    {
        VoicedPassage passage { job.lines, {} };
        for (const auto& voice : job.voices)
            passage.voices.push_back (encoded (*voice));
        RenderEvents events;
        events.onFrame = [&job] (std::span<const float> frame) { job.queue.push (frame); };
        events.isCancelled = [&job] { return job.queue.abandoned(); };
        const auto report = renderer->render (passage, job.settings, events);
        const auto* how = report.finish == FinishReason::Cancelled ? "cancelled"
                          : report.finish == FinishReason::Stop    ? "done"
                                                                   : "reached the length limit";
        spdlog::info ("{}: {}, {} frames, first after {:.0f} ms, {:.0f} ms in all", job.id, how,
                      report.frames, report.firstFrameMs, report.totalMs);
        job.queue.finish();
    }
    catch (const Exception& exception)
    {
        spdlog::error ("{}: failed: {}", job.id, exception.what());
        job.queue.fail (exception.error);
    }
    catch (const std::bad_alloc&)
    {
        failed (ErrorCode::OutOfMemory,
                "out of memory for this speech. Close other programs, or shorten it.");
    }
    catch (const std::exception& exception)
    {
        failed (ErrorCode::Internal, exception.what());
    }
}

EncodedVoice RenderWorker::encoded (const ShelfVoice& voice)
{
    for (auto it = voiceCache.begin(); it != voiceCache.end(); ++it)
        if (it->first == voice.hash)
        {
            voiceCache.splice (voiceCache.begin(), voiceCache, it);
            return it->second;
        }
    auto made = renderer->encodeVoice (voice.audio);
    voiceCache.emplace_front (voice.hash, made);
    if (voiceCache.size() > limits.cachedVoices)
        voiceCache.pop_back();
    return made;
}
} // namespace tableread::engine
