// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "Passage/Passage.h"
#include "Playback/Stage.h"
#include "Support/Eventually.h"
#include "Support/FakeEngine.h"
#include "Support/FakeSpeech.h"
#include "Support/MemoryStore.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
/** A store in memory that several threads use. */
class SharedStore : public MemoryStore
{
public:
    Result<Samples> load (const SamplesName& name) override
    {
        const std::lock_guard lock (mutex);
        return MemoryStore::load (name);
    }

    Result<void> keep (std::span<const float> samples) override
    {
        const std::lock_guard lock (mutex);
        return MemoryStore::keep (samples);
    }

    std::size_t size()
    {
        const std::lock_guard lock (mutex);
        return audio.size();
    }

private:
    std::mutex mutex;
};

/** Keeps nothing before it is told to, or a time has passed. */
class SlowStore : public SharedStore
{
public:
    explicit SlowStore (std::chrono::milliseconds longest) : limit (longest) {}

    Result<void> keep (std::span<const float> samples) override
    {
        std::unique_lock lock (waiting);
        isAsked = true;
        told.wait_for (lock, limit, [this] { return isFree; });
        return SharedStore::keep (samples);
    }

    void goOn()
    {
        const std::lock_guard lock (waiting);
        isFree = true;
        told.notify_all();
    }

    bool isHolding()
    {
        const std::lock_guard lock (waiting);
        return isAsked && ! isFree;
    }

private:
    const std::chrono::milliseconds limit;
    std::mutex waiting;
    std::condition_variable told;
    bool isFree = false, isAsked = false;
};

/** Collects what a stage tells. */
class Ear : public playback::Stage::Listener
{
public:
    void takeKept (const playback::KeptTake& take) override
    {
        const std::lock_guard lock (mutex);
        kept.push_back (take);
    }

    void takeDamaged (const Error&) override {}

    void takeFailed (const playback::FinishedTake& take) override
    {
        const std::lock_guard lock (mutex);
        failures.push_back (take);
    }

    void bounceEnded (const playback::BounceEnd& bounce) override
    {
        const std::lock_guard lock (mutex);
        ended.push_back (bounce);
    }

    void playedEnded (const playback::Played::Report& time) override
    {
        const std::lock_guard lock (mutex);
        times.push_back (time);
    }

    std::vector<playback::KeptTake> all()
    {
        const std::lock_guard lock (mutex);
        return kept;
    }

    std::vector<playback::FinishedTake> failed()
    {
        const std::lock_guard lock (mutex);
        return failures;
    }

    std::vector<playback::BounceEnd> bounces()
    {
        const std::lock_guard lock (mutex);
        return ended;
    }

    std::vector<playback::Played::Report> played()
    {
        const std::lock_guard lock (mutex);
        return times;
    }

private:
    std::mutex mutex;
    std::vector<playback::KeptTake> kept;
    std::vector<playback::FinishedTake> failures;
    std::vector<playback::BounceEnd> ended;
    std::vector<playback::Played::Report> times;
};

inline playback::Part partOf (std::uint64_t line, const std::string& text)
{
    playback::Part part { .item = { .line = line }, .name = "say " + text };
    part.request.lines = { { 0, text } };
    part.request.voices = { { "anna", {} } };
    part.request.seed = line;
    part.name += ' ' + std::to_string (line);
    part.item.estimate = estimatedLength (text.size());
    return part;
}

/** A part whose speech has so many frames, at least 2. */
inline playback::Part partOf (std::uint64_t line, int frames)
{
    return partOf (line, std::string ((std::size_t) (frames - 2) * 8, 'a'));
}

/** Lines from 1 on. */
inline std::vector<playback::Part> partsOf (int count, int frames)
{
    std::vector<playback::Part> parts;
    parts.reserve ((std::size_t) count);
    for (int line = 1; line <= count; ++line)
        parts.push_back (partOf ((std::uint64_t) line, frames));
    return parts;
}

inline std::vector<float> speechOf (const playback::Part& part)
{
    return fakeSpeech (part.request);
}

/** The part with a take that is known, and in the store. */
inline playback::Part withKnown (playback::Part part, SharedStore& store)
{
    const auto speech = speechOf (part);
    REQUIRE (store.keep (speech));
    part.known = playback::KnownTake {
        contentHash (speech), "fake-1", Take::Ending::Whole, { (std::int64_t) speech.size() }
    };
    return part;
}

inline playback::Score scoreOf (std::vector<playback::Part> parts)
{
    return { .parts = std::move (parts) };
}

/** What a score sounds like at the model's rate, without gaps. */
inline std::vector<float> soundOf (const playback::Score& score)
{
    std::vector<float> sound;
    for (const auto& part : score.parts)
    {
        const auto speech = speechOf (part);
        sound.insert (sound.end(), speech.begin(), speech.end());
    }
    return sound;
}

/** What a stage needs besides an engine. */
struct StageFixture
{
    TemporaryFolder folder {};
    std::shared_ptr<SharedStore> store = std::make_shared<SharedStore>();
    Ear ear {};

    std::filesystem::path socket() const { return folder.path() / "engine.sock"; }

    playback::Stage::Options options() const
    {
        RenderLink::Options link;
        link.engine.socket = socket();
        link.engine.search.setting = "/nowhere/engine";
        link.firstPause = std::chrono::milliseconds (10);
        link.longestPause = std::chrono::milliseconds (50);
        return { .link = std::move (link), .store = store, .settling = std::chrono::milliseconds (0) };
    }
};

inline void play (playback::Stage& stage, const playback::Score& score)
{
    stage.play ([score] { return score; });
}

/** Bounces so many samples as an offline host does. */
inline std::vector<float> bounce (playback::Stage& stage, std::size_t count, std::size_t block = 4096)
{
    std::vector<float> sound (count);
    for (std::size_t at = 0; at < count; at += block)
    {
        const auto size = std::min (block, count - at);
        const auto& plan = stage.planFor ({ { (std::int64_t) at }, size, true, true });
        plan.read ({ (std::int64_t) at }, std::span (sound).subspan (at, size));
    }
    stage.planFor ({ { 0 }, block, false, false });
    return sound;
}

inline std::vector<playback::PartState> statesOf (const playback::Stage& stage)
{
    std::vector<playback::PartState> states;
    for (const auto view = stage.view(); const auto& part : view->parts)
        states.push_back (part.state);
    return states;
}

inline bool isAll (const playback::Stage& stage, playback::PartState state)
{
    const auto states = statesOf (stage);
    return ! states.empty() &&
           std::all_of (states.begin(), states.end(), [&] (auto each) { return each == state; });
}
} // namespace tableread::test
