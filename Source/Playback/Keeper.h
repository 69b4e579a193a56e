// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "Playback/Score.h"
#include "Take/SampleStore.h"

namespace tableread::playback
{
/** A take that was rendered to its end, and what it was asked for. */
struct FinishedTake
{
    std::shared_ptr<const Take> take;
    std::uint64_t line = 0;
    std::string name;
    protocol::SpeechRequest request;
    std::uint64_t opening = 0; // of the score's project
};

/** A take that was rendered, with its hash. */
struct KeptTake
{
    FinishedTake finished;
    std::string audio;         // contentHash() of its samples
    std::optional<Error> loss; // why it is not in the store, and so in memory alone
};

/** A take's samples as one. */
std::vector<float> samplesOf (const Take& take);

/** Reads a take from a store. @returns as SampleStore::load(); NotFound without a store; OutOfMemory */
[[nodiscard]] Result<std::shared_ptr<Take>> loadTake (SampleStore* store, const KnownTake& known);

/** Loads takes from the store and puts finished ones there, on a thread of its own, since a disk may be slow or gone. What is
    to be heard comes first. Threads: all methods: any. */
class Keeper
{
public:
    class Listener
    {
    public:
        virtual ~Listener() = default;

        /** [keeper's thread] */
        virtual void takeLoaded (const std::string& audio, Result<std::shared_ptr<Take>> take) = 0;
        virtual void takeKept (const KeptTake& kept) = 0;
    };

    /** @param place null: nothing is kept, and nothing found. */
    Keeper (std::shared_ptr<SampleStore> place, Listener& listener);

    /** What was finished is still kept. */
    ~Keeper();

    Keeper (const Keeper&) = delete;
    Keeper& operator= (const Keeper&) = delete;

    void load (Part part);
    void keep (FinishedTake finished);

private:
    void run();
    void loadOne (const Part& part);
    void keepOne (FinishedTake finished);

    std::shared_ptr<SampleStore> store;
    Listener& events;
    std::mutex mutex; // guards everything below
    std::condition_variable wake;
    std::deque<Part> wanted;
    std::deque<FinishedTake> finishedOnes;
    bool leaving = false;
    std::thread thread;
};
} // namespace tableread::playback
