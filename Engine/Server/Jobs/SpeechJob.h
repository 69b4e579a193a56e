// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "Render/Renderer.h"
#include "Server/Jobs/PcmQueue.h"
#include "Server/Jobs/Progress.h"
#include "Server/Monitor/JobMeter.h"
#include "Server/Voices/Shelf.h"

namespace tableread::engine
{
/** One speech job: the lines, their voices, and where the samples go. */
struct SpeechJob
{
    explicit SpeechJob (std::shared_ptr<UnreadSpeech> all = std::make_shared<UnreadSpeech>())
        : allUnread (std::move (all))
    {}

    std::string id;
    std::size_t model = 0;                                    // of the worker's models
    std::string fingerprint;                                  // that the client was told; empty: any will do
    std::string modelName;                                    // for the log
    std::string client;                                       // who shares the seats fairly with others
    std::optional<std::chrono::steady_clock::time_point> due; // when it is to be audible
    std::vector<SpokenLine> lines;
    std::vector<std::shared_ptr<const ShelfVoice>> voices; // one of each speaker; may be the same
    RenderSettings settings;
    const std::shared_ptr<UnreadSpeech> allUnread; // of it and all other jobs
    PcmQueue queue { allUnread };
    std::shared_ptr<JobProgress> progress = std::make_shared<JobProgress>();
    JobMeter meter;

    std::size_t characters() const
    {
        std::size_t sum = 0;
        for (const auto& line : lines)
            sum += line.text.size();
        return sum;
    }
};
} // namespace tableread::engine
