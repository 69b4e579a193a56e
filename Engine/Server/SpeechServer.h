// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "EngineLink/Protocol.h"
#include "Script/Typography.h"
#include "Server/Http/Server.h"
#include "Server/MemoryBudget.h"
#include "Server/RenderWorker.h"
#include "Server/RequestChecks.h"
#include "Server/VoiceShelf.h"

namespace tableread::engine
{
/** The engine's endpoints (Assets/docs/Protocol.md): GET /health and POST /v1/audio/speech.

    A worker checks a speech request, reads its voices and hands the job to the render thread; Delivery passes its samples
    to the client. A failure before the first frame has a status and OpenAI's error object; after a later one, the body
    ends without its last chunk. A client that hangs up cancels its job within a frame.
*/
class SpeechServer
{
public:
    struct Options
    {
        HttpServer::Options http;
        std::size_t queuedSamples = std::size_t { 24'000 } * 120; // most that a slow client may lag
        std::size_t maxBodyBytes = protocol::maxBodyBytes;
        std::size_t voicesBytes = std::size_t { 256 } << 20; // of decoded recordings, of all jobs together
        Typography typography = Typography::Demo;
    };

    /** Both must outlive the server. */
    SpeechServer (RenderWorker& renderWorker, const VoiceShelf& voiceShelf, Options options);

    /** Answers clients of a listening socket until stop() (any thread) or the idle limit. */
    HttpServer::End serve (int listenFd);
    void stop();

private:
    std::optional<HttpAnswer> admitSpeech (const HttpRequest& request) const;
    HttpAnswer health() const;
    void speak (const std::shared_ptr<Exchange>& exchange);
    Result<std::shared_ptr<SpeechJob>> makeJob (const CheckedRequest& checked,
                                                const std::function<bool()>& isCancelled);
    Result<void> addVoices (const CheckedRequest& checked, const std::function<bool()>& isCancelled,
                            SpeechJob& job);

    RenderWorker& worker;
    const VoiceShelf& voices;
    Options options;
    MemoryBudget voiceMemory;
    HttpServer http;
    std::atomic<std::uint64_t> jobCount { 0 };
};
} // namespace tableread::engine
