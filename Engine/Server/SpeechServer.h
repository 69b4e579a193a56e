// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "EngineLink/Protocol.h"
#include "Script/Typography.h"
#include "Server/HttpServer.h"
#include "Server/RenderWorker.h"
#include "Server/VoiceShelf.h"

namespace tableread::engine
{
/** The engine's endpoints (Assets/docs/Protocol.md): GET /health and POST /v1/audio/speech.

    The connection's thread checks a speech request, reads its voices and hands the job to the render thread. Then it
    passes samples from the job's queue to the client. A failure before the first frame has a status and OpenAI's
    error object; after a later one, the body ends without its last chunk.
    A client that hangs up cancels its job within a frame.
*/
class SpeechServer
{
public:
    struct Options
    {
        HttpServer::Options http;
        std::size_t queuedSamples = std::size_t { 24'000 } * 120; // most that a slow client may lag
        std::size_t maxBodyBytes = protocol::maxBodyBytes;
        Typography typography = Typography::Demo;
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
