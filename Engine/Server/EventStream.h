// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "Server/Http/Exchange.h"
#include "Server/LineMarks.h"
#include "Server/SpeechEncoder.h"
#include "Server/SpeechJob.h"

namespace tableread::engine
{
/** The body of a speech answer as server-sent events: how far the job has come, the encoded bytes, where the lines are, and
    exactly one last event. Destroying it before the end cancels the job. */
class EventStream : public BodySource
{
public:
    /** sampleRateHz: of the encoder's samples. */
    EventStream (std::shared_ptr<SpeechJob> wanted, std::unique_ptr<SpeechEncoder> bytesOf,
                 std::int64_t sampleRateHz, std::string fingerprint);
    ~EventStream() override;
    EventStream (const EventStream&) = delete;
    EventStream& operator= (const EventStream&) = delete;

    void begin (std::function<void()> wake) override;
    State take (std::string& bytes) override;

    std::chrono::milliseconds heartbeat() const override;
    std::string beat() override;

private:
    void tellProgress (std::string& bytes, const JobProgress::State& state);
    void speak (std::string& bytes);
    void tellEnd (std::string& bytes, PcmQueue::State how);

    std::shared_ptr<SpeechJob> job;
    std::unique_ptr<SpeechEncoder> encoder;
    std::int64_t rate;
    std::string fingerprint;
    LineMarks marks;
    JobProgress::State told;
    bool hasTold = false;
    std::int64_t spoken = 0; // samples
    std::vector<float> samples;
};
} // namespace tableread::engine
