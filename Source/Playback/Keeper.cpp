// SPDX-License-Identifier: Apache-2.0
#include "Playback/Keeper.h"

#include <utility>

#include "Core/ContentHash.h"

namespace tableread::playback
{
namespace
{
Error noStore()
{
    return { ErrorCode::NotFound, "there is no take store", {} };
}
} // namespace

std::vector<float> samplesOf (const Take& take)
{
    std::vector<float> samples ((std::size_t) take.audio().rendered());
    take.audio().read (0, samples);
    return samples;
}

Result<std::shared_ptr<Take>> loadTake (SampleStore* store, const KnownTake& known)
{
    if (store == nullptr)
        return tl::unexpected (noStore());
    const auto samples = store->load ({ known.audio, known.length });
    if (! samples)
        return tl::unexpected (samples.error());
    auto take = std::make_shared<Take>();
    take->begin (known.fingerprint);
    if (take->append (*samples) != samples->size())
        return tl::unexpected (
            Error { ErrorCode::OutOfMemory, "there is no memory for a take from the store", {} });
    take->finish (known.ending);
    return take;
}

Keeper::Keeper (std::shared_ptr<SampleStore> place, Listener& listener)
    : store (std::move (place))
    , events (listener)
    , thread ([this] { run(); })
{}

Keeper::~Keeper()
{
    {
        const std::lock_guard lock (mutex);
        leaving = true;
        wanted.clear();
    }
    wake.notify_all();
    thread.join();
}

void Keeper::load (Part part)
{
    const std::lock_guard lock (mutex);
    wanted.push_back (std::move (part));
    wake.notify_all();
}

void Keeper::keep (FinishedTake finished)
{
    const std::lock_guard lock (mutex);
    finishedOnes.push_back (std::move (finished));
    wake.notify_all();
}

void Keeper::run()
{
    std::unique_lock lock (mutex);
    while (true)
    {
        wake.wait (lock, [this] { return leaving || ! wanted.empty() || ! finishedOnes.empty(); });
        if (! wanted.empty())
        {
            const auto part = std::move (wanted.front());
            wanted.pop_front();
            lock.unlock();
            loadOne (part);
        }
        else if (! finishedOnes.empty())
        {
            auto finished = std::move (finishedOnes.front());
            finishedOnes.pop_front();
            lock.unlock();
            keepOne (std::move (finished));
        }
        else
            return;
        lock.lock();
    }
}

void Keeper::loadOne (const Part& part)
{
    events.takeLoaded (part.known->audio, loadTake (store.get(), *part.known));
}

void Keeper::keepOne (FinishedTake finished)
{
    const auto samples = samplesOf (*finished.take);
    const auto kept = store != nullptr ? store->keep (samples) : Result<void> (tl::unexpected (noStore()));
    events.takeKept (
        { std::move (finished), contentHash (samples), kept ? std::nullopt : std::optional (kept.error()) });
}
} // namespace tableread::playback
