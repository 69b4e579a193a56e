// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "EngineLink/Protocol.h"
#include "Server/Http/Exchange.h"
#include "Server/Speech/Encoding.h"

namespace tableread::engine
{
/** Passes a job's samples to the client that asked for them; the job is cancelled when nobody reads them any more.

    Audio     the status of the answer is chosen when the first frame is there, or when there will be none; the body is the
              encoded speech, as it is made.
    Events    the answer begins as soon as the job is accepted, and tells everything (EventStream.h).
*/
class Delivery : public std::enable_shared_from_this<Delivery>
{
public:
    struct Format
    {
        protocol::StreamFormat stream = protocol::StreamFormat::Audio;
        std::int64_t sampleRateHz = 24'000;
        std::string fingerprint;
        std::chrono::milliseconds betweenComments { 10'000 }; // of events
        HttpFields fields = {};                               // of the answer
    };

    Delivery (std::shared_ptr<Exchange> client, std::shared_ptr<SpeechEncoding> wanted, Format how);

    /** Begins to wait for samples. [any thread], before the job is submitted. */
    void begin();

    /** The job is in the queue. [any thread] */
    void accepted();

private:
    void look();

    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<SpeechEncoding> speech;
    Format format;
    bool answered = false; // I/O thread
};
} // namespace tableread::engine
