// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "EngineLink/Protocol.h"
#include "Script/Typography.h"
#include "Server/Http/Server.h"
#include "Server/Jobs/Endpoints.h"
#include "Server/MemoryBudget.h"
#include "Server/Models/Endpoints.h"
#include "Server/Models/ServedModels.h"
#include "Server/Monitor/Monitor.h"
#include "Server/Speech/EncoderPool.h"
#include "Server/Speech/RequestChecks.h"
#include "Server/Voices/Aliases.h"
#include "Server/Voices/Endpoints.h"
#include "Server/Voices/Pool.h"
#include "Server/Voices/Store.h"

namespace tableread::engine
{
/** The engine's endpoints (Assets/docs/Protocol.md): GET /health, POST /v1/audio/speech, and those of other classes.

    A worker checks a speech request, reads its voices and puts the job into the queue of its model's RenderWorker; Delivery
    passes its samples to the client. A failure before the first frame has a status and OpenAI's error object; after a later one, the body
    ends without its last chunk. A client that hangs up cancels its job within a frame.
*/
class SpeechServer
{
public:
    struct Options
    {
        HttpServer::Options http;
        std::size_t maxBodyBytes = protocol::maxBodyBytes;
        std::size_t voicesBytes = std::size_t { 256 } << 20; // of decoded recordings, of all jobs together
        std::size_t filesBytes = std::size_t { 256 } << 20;  // of finished files, likewise
        std::size_t unreadBytes = std::size_t { 256 } << 20; // of speech that clients have not read, likewise
        Typography typography = Typography::Demo;
        VoiceAliases aliases {};
        std::filesystem::path voiceStore {}; // empty: none can be uploaded
        std::size_t maxUploadBytes = protocol::maxUploadBytes;
        std::chrono::milliseconds betweenComments { 10'000 }; // of an answer in events
        bool readsPathsOverTcp = false;           // recordings that a request over TCP names by their path
        Metrics::Clock clock {};                  // of the metrics; empty: the system's
        std::vector<std::int64_t> weightBytes {}; // of the models, for /health while they load
    };

    SpeechServer (ServedModels served, const Options& options);

    /** Answers the clients of all listeners until stop() (any thread) or the idle limit. */
    HttpServer::End serve (std::vector<HttpListener> listeners);
    void stop();

    /** See HttpServer. */
    void retire() { http.retire(); }
    void moveListener (int from, int to) { http.moveListener (from, to); }

private:
    std::vector<HttpRoute> routes();
    std::optional<HttpAnswer> admitSpeech (const HttpRequest& request) const;
    HttpAnswer health() const;
    void tellLoading (protocol::Health& health) const;
    void speak (const std::shared_ptr<Exchange>& exchange);
    Result<std::shared_ptr<SpeechJob>> makeJob (const CheckedRequest& checked, const ServedModel& model,
                                                const Exchange& exchange);
    Result<void> addVoices (const CheckedRequest& checked, const ServedModel& model, const Exchange& exchange,
                            SpeechJob& job);

    ServedModels models;
    Options options;
    VoicePool recordings;
    MemoryBudget files;
    std::shared_ptr<UnreadSpeech> unread;
    VoiceStore uploaded;
    JobBoard board;
    JobEndpoints jobs;
    Metrics metrics;
    Monitor monitor;
    VoiceEndpoints voices;
    ModelEndpoints modelEndpoints;
    HttpServer http;      // its handlers use the others
    EncoderPool encoders; // the last: it wakes connections
};
} // namespace tableread::engine
