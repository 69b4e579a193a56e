// SPDX-License-Identifier: Apache-2.0
#include "Server/SpeechServer.h"

#include <spdlog/spdlog.h>

#include "Server/RequestChecks.h"
#include "Server/WireAudio.h"

namespace tableread::engine
{
namespace
{
constexpr const char* jsonType = "application/json";

void answerError (httplib::Response& response, const Error& error, int status)
{
    response.status = status;
    if (error.code == ErrorCode::Busy || error.code == ErrorCode::Cancelled)
        response.set_header ("Retry-After", "1");
    response.set_content (protocol::toJson (error), jsonType);
}

void answerError (httplib::Response& response, const Error& error)
{
    // The client did not cancel, or nobody would read this: the engine is shutting down.
    const bool ends = error.code == ErrorCode::Cancelled;
    answerError (response, error, ends ? 503 : protocol::httpStatus (error.code));
}

/** The client's data is out of sync with HTTP: the rest is not the next request. */
void closeAfter (httplib::Response& response)
{
    Connection::current()->closeAfterwards();
    response.set_header ("Connection", "close");
}

/** An error for what httplib itself refuses: no such path, a request that is not HTTP. */
Error errorOfStatus (int status, const httplib::Request& request)
{
    switch (status)
    {
        case 404:
            return { ErrorCode::NotFound,
                     "there is nothing at " + request.method + " " + request.path +
                         ". This engine answers GET " + protocol::healthPath + " and POST " +
                         protocol::speechPath + ".",
                     {} };
        case 413:
            return { ErrorCode::OutOfRange, "the request is too large.", {} };
        case 414:
            return { ErrorCode::OutOfRange, "the request's address is too long.", {} };
        case 500:
            return { ErrorCode::Internal, "the engine failed on this request; its log says more.", {} };
        default:
            return { ErrorCode::InvalidInput, "this is not a valid HTTP/1.1 request.", {} };
    }
}

/** Passes samples from a job to its client. Lives as long as the answer. */
struct Delivery
{
    Delivery (std::shared_ptr<SpeechJob> wanted, protocol::SampleFormat sampleFormat)
        : job (std::move (wanted))
        , format (sampleFormat)
    {}
    ~Delivery() { job->queue.abandon(); } // the answer has ended, so there is no reader any more

    std::shared_ptr<SpeechJob> job;
    protocol::SampleFormat format;
    std::vector<float> samples;
    std::string bytes;
    PcmQueue::State state = PcmQueue::State::Open;

    /** Waits for samples or the end. @returns false if the client is gone or the engine stops. */
    bool next()
    {
        if (Connection::current()->waitFor (job->queue.readableFd()) != Connection::Wake::Ready)
            return false;
        samples.clear();
        state = job->queue.take (samples);
        return true;
    }

    /** Writes one piece of the body. @returns false to cut the body off. */
    bool write (httplib::DataSink& sink)
    {
        while (samples.empty() && bytes.empty() && state == PcmQueue::State::Open)
            if (! next())
                return false;
        appendSamples (bytes, samples, format);
        samples.clear();
        if (! bytes.empty() && ! sink.write (bytes.data(), bytes.size()))
            return false;
        bytes.clear();
        if (state == PcmQueue::State::Done)
            sink.done();
        return state == PcmQueue::State::Open || state == PcmQueue::State::Done;
    }
};
} // namespace

SpeechServer::SpeechServer (RenderWorker& renderWorker, const VoiceShelf& voiceShelf, Options wanted)
    : worker (renderWorker)
    , voices (voiceShelf)
    , options (wanted)
    , http (wanted.http)
{
    http.set_payload_max_length (options.maxBodyBytes);
    http.Get (protocol::healthPath, [this] (const auto&, auto& response) { answerHealth (response); });
    http.Post (protocol::speechPath, [this] (const auto& request, auto& response, const auto& content) {
        answerSpeech (request, response, content);
    });
    http.set_error_handler ([] (const httplib::Request& request, httplib::Response& response) {
        if (! response.body.empty())
            return;
        if (response.status != 404)
            closeAfter (response);
        answerError (response, errorOfStatus (response.status, request), response.status);
    });
    http.set_exception_handler ([] (const auto&, auto& response, const std::exception_ptr& failure) {
        try
        {
            std::rethrow_exception (failure);
        }
        catch (const std::exception& exception)
        {
            spdlog::error ("a request failed: {}", exception.what());
        }
        answerError (response, errorOfStatus (500, {}), 500);
    });
}

HttpServer::End SpeechServer::serve (int listenFd)
{
    return http.serve (listenFd);
}

void SpeechServer::stop()
{
    worker.stop();
    http.stop(); // last: the serving thread may destroy this as soon as it is stopped
}

void SpeechServer::answerHealth (httplib::Response& response) const
{
    const auto info = worker.info();
    protocol::Health health;
    health.status = info ? "ok" : "loading";
    health.engineVersion = TABLEREAD_VERSION;
    if (info)
    {
        health.model = info->name;
        health.fingerprint = info->fingerprint;
        health.sampleRateHz = info->sampleRateHz;
        health.frameSamples = info->frameSamples;
        if (const auto& offload = info->offload)
            health.offload =
                protocol::OffloadState { .layers = offload->layers,
                                         .gpuLayers = offload->gpuLayers,
                                         .prefetch = offload->settings.prefetch,
                                         .pinMemory = offload->settings.pinMemory,
                                         .cacheTrimInterval = offload->settings.cacheTrimInterval,
                                         .weights = std::string (nameOf (offload->settings.weights)),
                                         .chosenBy = offload->chosenBy };
    }
    health.busy = worker.busy();
    health.voices = voices.names();
    response.set_content (protocol::toJson (health), jsonType);
}

void SpeechServer::answerSpeech (const httplib::Request&, httplib::Response& response,
                                 const httplib::ContentReader& content)
{
    std::string body;
    const bool complete = content ([&] (const char* data, std::size_t size) {
        body.append (data, size); // after decompression: a small body can expand to a large one
        return body.size() <= options.maxBodyBytes;
    });
    if (! complete)
    {
        closeAfter (response);
        if (body.size() > options.maxBodyBytes || response.status == 413)
            return answerError (response,
                                { ErrorCode::OutOfRange,
                                  "the request has more than " + std::to_string (options.maxBodyBytes) +
                                      " bytes. Send less text at a time, and voices by their path.",
                                  {} },
                                413);
        return answerError (response,
                            { ErrorCode::InvalidInput, "the request ended before its body did.", {} });
    }

    auto checked = checkRequest (body, options.typography);
    if (! checked)
        return answerError (response, checked.error());
    for (const auto& warning : checked->warnings)
    {
        spdlog::warn ("{}", warning);
        response.set_header ("Warning", "299 - \"" + warning + '"');
    }
    auto job = makeJob (checked->request);
    if (! job)
        return answerError (response, job.error());
    const auto delivery = std::make_shared<Delivery> (*job, checked->request.format);
    if (auto accepted = worker.submit (*job); ! accepted)
        return answerError (response, accepted.error());

    // The status is chosen when the first frame is available, or when there will be none.
    bool stopped = false;
    while (! stopped && delivery->samples.empty() && delivery->state == PcmQueue::State::Open)
        stopped = ! delivery->next();
    if (stopped ||
        delivery->state == PcmQueue::State::Abandoned) // or the client has hung up, and nobody reads this
        return answerError (response,
                            { ErrorCode::Cancelled, "the engine is stopping. Start it again.", {} });
    if (delivery->samples.empty() && delivery->state == PcmQueue::State::Failed)
        return answerError (response, (*job)->queue.error());

    const auto info = worker.info().value(); // a job was accepted, so the model is loaded
    const bool wav = checked->request.container == protocol::Container::Wav;
    if (wav)
        delivery->bytes = streamingWavHeader (delivery->format, info.sampleRateHz);
    response.set_header ("X-TableRead-Job", (*job)->id);
    response.set_header ("X-TableRead-Fingerprint", info.fingerprint);
    const auto provide = [delivery] (std::size_t, httplib::DataSink& sink) {
        const bool goesOn = delivery->write (sink);
        if (! goesOn)
            Connection::current()->closeAfterwards();
        return goesOn;
    };
    response.set_chunked_content_provider (wav ? "audio/wav" : "audio/pcm", provide);
}

Result<std::shared_ptr<SpeechJob>> SpeechServer::makeJob (const protocol::SpeechRequest& request)
{
    auto job = std::make_shared<SpeechJob> (options.queuedSamples);
    for (const auto& reference : request.voices)
    {
        auto voice = voices.fetch (reference);
        if (! voice)
            return tl::make_unexpected (voice.error());
        job->voices.push_back (std::move (*voice));
    }
    job->lines = request.lines;
    std::string text;
    for (const auto& line : request.lines)
        text += line.text + '\n';
    job->settings.seed = request.seed;
    job->settings.guidanceScale = request.guidanceScale;
    job->settings.steps = request.steps;
    job->id = "job " + std::to_string (++jobCount);
    const auto guidance = request.guidanceScale ? fmt::format ("{}", *request.guidanceScale) : "the model's";
    spdlog::info ("{}: {} lines, text {:016x}, {} voices, seed {}, guidance {}, {} steps", job->id,
                  job->lines.size(), std::hash<std::string> {}(text), job->voices.size(), request.seed,
                  guidance, request.steps);
    return job;
}
} // namespace tableread::engine
