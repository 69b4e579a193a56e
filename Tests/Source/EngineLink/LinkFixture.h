// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "EngineLink/RenderLink.h"
#include "Support/FakeSpeech.h"
#include "TakeWatcher.h"

namespace tableread::test
{
inline protocol::SpeechRequest line (std::uint64_t seed,
                                     const std::string& text = "The curtain rises on an empty stage.")
{
    protocol::SpeechRequest request;
    request.lines = { { 0, text } };
    request.voices = { { "anna", {} } };
    request.seed = seed;
    return request;
}

/** A line of so many frames, at least 2. */
inline protocol::SpeechRequest lineOf (int frames, std::uint64_t seed)
{
    return line (seed, std::string ((std::size_t) (frames - 2) * 8, 'a'));
}

/** A link that does not pause for long. */
inline RenderLink::Options fast (const Supervisor::Options& engine)
{
    RenderLink::Options options;
    options.engine = engine;
    options.firstPause = std::chrono::milliseconds (10);
    options.longestPause = std::chrono::milliseconds (50);
    return options;
}

/** A take that was submitted, and what it should say. */
struct Asked
{
    std::shared_ptr<Take> take = std::make_shared<Take>();
    protocol::SpeechRequest request;

    bool isWhole() const
    {
        return take->state() == TakeState::Done && speechOf (*take) == fakeSpeech (request);
    }
};

inline Asked submit (RenderLink& link, protocol::SpeechRequest request, Urgency urgency = {})
{
    Asked asked { .request = std::move (request) };
    REQUIRE (link.submit (asked.take, asked.request, urgency));
    return asked;
}
} // namespace tableread::test
