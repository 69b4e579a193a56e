// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
class Counts;

/** Counts what becomes of one job. One that Metrics::begin() has not made counts nothing.

    Threads   its calls come one after the other, on any threads.
    Cost      a frame takes far less than a microsecond. No call allocates; a scrape can hold one up for less than a
              millisecond.
*/
class JobMeter
{
public:
    /** Whose job it is. */
    struct Request
    {
        std::string model, client;
        bool isStream = true; // somebody may listen while it is spoken
    };

    JobMeter();
    JobMeter (std::shared_ptr<Counts> shared, const Request& request);
    ~JobMeter(); // of a job that has not ended: it was cancelled
    JobMeter (JobMeter&&) noexcept;
    JobMeter& operator= (JobMeter&&) noexcept;

    /** It has a place in the queue, or wants a seat again after it was parked. */
    void queued();

    void seated();

    /** A frame is passed on. */
    void frame (double seconds);

    void parked();

    /** It ends, whatever its state; further calls count nothing. */
    void ended (protocol::FinishReason reason, std::int64_t promptTokens);

private:
    struct State;
    std::unique_ptr<State> state;
};
} // namespace tableread::engine
