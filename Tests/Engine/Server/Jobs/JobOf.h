// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "Server/Jobs/RenderWorker.h"
#include "Support/Eventually.h"

/** What tests of a RenderWorker share. */
namespace tableread::test
{
using namespace engine;

inline std::shared_ptr<SpeechJob> jobOf (std::string text, const std::vector<std::string>& voices = {},
                                         std::shared_ptr<UnreadSpeech> all = std::make_shared<UnreadSpeech>())
{
    auto job = std::make_shared<SpeechJob> (std::move (all));
    job->lines.push_back ({ 0, std::move (text) });
    for (const auto& voice : voices)
        job->voices.push_back (std::make_shared<ShelfVoice> (ShelfVoice { { voice, {} }, voice }));
    return job;
}

/** All of a job's samples. */
inline std::vector<float> heardOf (SpeechJob& job, PcmQueue::State expected = PcmQueue::State::Done)
{
    std::vector<float> samples;
    auto state = PcmQueue::State::Open;
    CHECK (eventually ([&] { return (state = job.queue.take (samples)) != PcmQueue::State::Open; }));
    CHECK (state == expected);
    return samples;
}

inline RenderWorker::Limits withSeats (int count)
{
    return { .seats = [count] (auto&) { return count; } };
}
} // namespace tableread::test
