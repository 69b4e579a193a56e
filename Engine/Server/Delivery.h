// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "EngineLink/Protocol.h"
#include "Server/Http/Exchange.h"
#include "Server/RenderWorker.h"

namespace tableread::engine
{
/** Passes a job's samples to the client that asked for them. The status of the answer is chosen when the first frame is
    there, or when there will be none; then the samples follow as they are made, and the job is cancelled when nobody
    reads them any more. */
class Delivery : public std::enable_shared_from_this<Delivery>
{
public:
    struct Format
    {
        protocol::Container container = protocol::Container::Pcm;
        protocol::SampleFormat samples = protocol::SampleFormat::Int16;
        std::int64_t sampleRateHz = 24'000;
        HttpFields fields = {}; // of the answer
    };

    Delivery (std::shared_ptr<Exchange> client, std::shared_ptr<SpeechJob> wanted, Format sampleFormat);

    /** Begins to wait for samples. [any thread], before the job is submitted. */
    void begin();

private:
    void look();

    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<SpeechJob> job;
    Format format;
    bool answered = false; // I/O thread
};
} // namespace tableread::engine
