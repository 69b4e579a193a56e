// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "Command/Farm/Line.h"
#include "Render/Seats.h"

namespace tableread::engine
{
/** What has become of a line that was spoken. */
struct SpokenTake
{
    std::shared_ptr<const FarmLine> line;
    TakeRequest request {}; // with the engine's fingerprint
    std::vector<float> samples {};
    FinishReason finish = FinishReason::Stop;
    std::optional<Error> error {}; // it failed
    double ms = 0.0;
};

/** Speaks lines, several at once, in whatever order they end: a line that fails does no harm to the others.

    Threads   one. */
class LineSpeaker
{
public:
    /** @param passages  at once; 0: as many as make the most speech. */
    LineSpeaker (Renderer& speaker, int passages) : renderer (speaker), seats (speaker.info(), passages) {}
    ~LineSpeaker();
    LineSpeaker (const LineSpeaker&) = delete;
    LineSpeaker& operator= (const LineSpeaker&) = delete;

    bool isFull() const { return std::cmp_greater_equal (inFlight.size(), seats.count()); }
    bool isIdle() const { return inFlight.empty(); }

    /** Takes a line into the batch. `request`: its takeRequestOf() with the engine's fingerprint. */
    void start (std::shared_ptr<const FarmLine> line, TakeRequest request, const SpokenVoices& voices);

    /** Speaks a frame of each. @returns those that have ended. */
    std::vector<SpokenTake> step();

    /** All that is under way is lost. @returns these lines, with FinishReason::Cancelled. */
    std::vector<SpokenTake> cancel();

private:
    struct Flight
    {
        SpokenTake take;
        PassageId id = 0;
    };

    std::shared_ptr<EncodedVoice> encoded (const SpokenVoice& voice);
    std::vector<SpokenTake> collect();

    Renderer& renderer;
    ThroughputSeats seats;
    int frames = 0; // that the step under way has made
    std::map<std::string, std::shared_ptr<EncodedVoice>> voicesByHash;
    std::vector<std::unique_ptr<Flight>> inFlight;
};
} // namespace tableread::engine
