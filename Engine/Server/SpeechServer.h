// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "EngineLink/Protocol.h"
#include "Server/HttpServer.h"
#include "Server/RenderWorker.h"
#include "Server/VoiceShelf.h"

namespace tableread::engine
{
/** The engine's endpoints (Assets/docs/Protocol.md): GET /health and POST /v1/audio/speech.

    A speech request is checked, its voices are read and the job is handed to the render thread by the connection's
    thread, which then carries samples from the job's queue to the client. Until the first frame is there, a failure
    has a status and OpenAI's error object; after it, the body ends without its last chunk.
    A client that hangs up cancels its job within a frame.
*/
class SpeechServer
{
public:
    struct Options
    {
        HttpServer::Options http;
        std::size_t queuedSamples = 24'000 * 120; // rendered ahead of a slow client
        std::size_t maxBodyBytes = protocol::maxBodyBytes;
    };

    /** Both must outlive the server. */
    SpeechServer (RenderWorker& renderWorker, const VoiceShelf& voiceShelf, Options options);

    /** Answers clients of a listening socket until stop() (any thread) or the idle limit. */
    HttpServer::End serve (int listenFd);
    void stop();

private:
    void answerHealth (httplib::Response& response) const;
    void answerSpeech (const httplib::Request& request, httplib::Response& response,
                       const httplib::ContentReader& content);
    Result<std::shared_ptr<SpeechJob>> makeJob (const protocol::SpeechRequest& request);

    RenderWorker& worker;
    const VoiceShelf& voices;
    Options options;
    HttpServer http;
    std::atomic<std::uint64_t> jobCount { 0 };
};
} // namespace tableread::engine
