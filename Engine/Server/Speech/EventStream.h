// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "Server/Http/Exchange.h"
#include "Server/Speech/Encoding.h"
#include "Server/Speech/LineMarks.h"

namespace tableread::engine
{
/** The body of a speech answer as server-sent events: how far the job has come, the encoded bytes, where the lines are, and
    exactly one last event. Destroying it before the end cancels the job. */
class EventStream : public BodySource
{
public:
    struct Settings
    {
        std::int64_t sampleRateHz = 24'000;
        std::string fingerprint;
        std::chrono::milliseconds betweenComments { 10'000 };
    };

    EventStream (std::shared_ptr<SpeechEncoding> wanted, Settings how);
    ~EventStream() override;
    EventStream (const EventStream&) = delete;
    EventStream& operator= (const EventStream&) = delete;

    void begin (std::function<void()> wake) override;
    State take (std::string& bytes) override;

    std::chrono::milliseconds heartbeat() const override { return settings.betweenComments; }
    std::string beat() override;

private:
    void tellProgress (std::string& bytes, const JobProgress::State& state);
    void speak (std::string& bytes, const SpeechEncoding::Piece& piece);
    void tellEnd (std::string& bytes, const SpeechEncoding::Piece& piece);

    std::shared_ptr<SpeechEncoding> speech;
    std::shared_ptr<SpeechJob> job;
    Settings settings;
    LineMarks marks;
    JobProgress::State told;
    bool hasTold = false;
    std::int64_t spoken = 0; // samples
};
} // namespace tableread::engine
