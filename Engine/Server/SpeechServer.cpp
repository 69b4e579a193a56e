// SPDX-License-Identifier: Apache-2.0
#include "Server/SpeechServer.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include <spdlog/spdlog.h>

#include "Logging/Event.h"
#include "Server/ErrorAnswers.h"
#include "Server/Http/Parsing/ContentCoding.h"
#include "Server/Http/Parsing/Grammar.h"
#include "Server/Speech/Delivery.h"
#include "Server/Speech/FileDelivery.h"
#include "Server/Voices/Finder.h"

namespace tableread::engine
{
namespace
{
/** The field that a voice came from, for an error about it. */
std::string voiceField (const CheckedRequest& checked, std::size_t index)
{
    const auto& voice = checked.request.voices[index];
    if (checked.voiceIsNamed)
        return voice.id.empty() ? "voice" : "voice.id";
    return "tableread.voices[" + std::to_string (index) + "]." +
           (! voice.id.empty()   ? "id"
            : voice.path.empty() ? "name"
                                 : "path");
}

SpeechEncoder::Format encodingOf (const protocol::SpeechRequest& request, std::int64_t sampleRateHz,
                                  const std::string& body)
{
    return { .container = request.container,
             .samples = request.format,
             .sampleRateHz = sampleRateHz,
             .isWhole = request.whole,
             .oggNumber = static_cast<std::uint32_t> (std::hash<std::string> {}(body)) };
}

std::int64_t secondsSince1970()
{
    return std::chrono::duration_cast<std::chrono::seconds> (
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/** The options, with a line of the log for each request that was answered. */
HttpServer::Options logged (HttpServer::Options options)
{
    options.whenAnswered = [] (const HttpAccess& access) {
        constexpr std::size_t longest = 256;
        LogEvent (spdlog::level::debug, "request")
            .with ("method", access.method)
            .with ("path", access.path.substr (0, longest))
            .with ("status", access.status)
            .with ("ms", access.milliseconds)
            .with ("client", access.peer)
            .with ("complete", access.isComplete ? "yes" : "no")
            .write();
    };
    return options;
}

/** Who speaks, in the order of the speakers: voices of the model by their names, uploaded ones by their ids, recordings as
    they may be logged. */
std::string voicesForLog (const std::vector<VoiceReference>& voices)
{
    std::string all;
    for (const auto& voice : voices)
    {
        all += all.empty() ? "" : ",";
        all += ! voice.id.empty()     ? voice.id
               : ! voice.path.empty() ? asLogged (voice.path.string())
                                      : voice.name;
    }
    return all;
}

/** What the log has of a job that is accepted. Made beforehand: what follows may be logged at once. */
std::vector<LogEvent> linesOnAccepting (const SpeechJob& job, const CheckedRequest& checked)
{
    const auto& request = checked.request;
    std::string text;
    for (const auto& line : job.lines)
        text += line.text + '\n';
    std::vector<LogEvent> lines;
    lines.reserve (1 + checked.warnings.size());
    lines.emplace_back (spdlog::level::info, "accepted")
        .with ("job", job.id)
        .with ("client", job.client)
        .with ("model", job.modelName)
        .with ("lines", job.lines.size())
        .with ("text", asLogged (text))
        .with ("voices", voicesForLog (request.voices))
        .with ("seed", request.seed)
        .with ("guidance", request.guidanceScale ? fmt::format ("{}", *request.guidanceScale) : "the model's")
        .with ("steps", request.steps);
    for (const auto& warning : checked.warnings)
        lines.emplace_back (spdlog::level::warn, "warning").with ("job", job.id).with ("message", warning);
    return lines;
}
} // namespace

SpeechServer::SpeechServer (ServedModels served, const Options& wanted)
    : models (std::move (served))
    , options (wanted)
    , recordings (wanted.voicesBytes)
    , files (wanted.filesBytes)
    , unread (std::make_shared<UnreadSpeech> (wanted.unreadBytes))
    , uploaded (wanted.voiceStore)
    , jobs (board)
    , metrics (models.names(), wanted.clock)
    , monitor (models, metrics)
    , voices ({ models, recordings, uploaded, wanted.maxUploadBytes })
    , modelEndpoints (models)
    , http (logged (wanted.http), routes(), [] (const Refusal& refusal) { return answerOf (refusal); })
{
    uploaded.tidy();
    for (const auto& note : uploaded.list().notes)
        spdlog::warn ("{}", note);
}

std::vector<HttpRoute> SpeechServer::routes()
{
    std::vector<HttpRoute> all { { .path = protocol::healthPath,
                                   .handle = [this] (const auto& exchange) { exchange->send (health()); } },
                                 { .method = "POST",
                                   .path = protocol::speechPath,
                                   .mostBodyBytes = options.maxBodyBytes,
                                   .admit = [this] (const auto& request) { return admitSpeech (request); },
                                   .waits = true,
                                   .handle = [this] (const auto& exchange) { speak (exchange); } } };
    std::ranges::move (jobs.routes(), std::back_inserter (all));
    std::ranges::move (monitor.routes(), std::back_inserter (all));
    std::ranges::move (voices.routes(), std::back_inserter (all));
    std::ranges::move (modelEndpoints.routes(), std::back_inserter (all));
    return all;
}

HttpServer::End SpeechServer::serve (std::vector<HttpListener> listeners)
{
    return http.serve (std::move (listeners));
}

void SpeechServer::stop()
{
    for (auto* worker : models.workers())
        worker->stop();
    http.stop(); // last: the serving thread may destroy this as soon as it is stopped
}

HttpAnswer SpeechServer::health() const
{
    const auto info = models.first().worker->info (models.first().index);
    protocol::Health health;
    health.status = models.areLoaded() ? "ok" : "loading";
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
    health.seats = 0;
    for (const auto* worker : models.workers())
    {
        const auto load = worker->load();
        health.seats += load.seats;
        health.speaking += static_cast<std::int64_t> (load.speaking);
        health.waiting += static_cast<std::int64_t> (load.waiting);
    }
    health.seats = std::max (health.seats, 1); // while no model is loaded; clients refuse 0
    health.busy = health.speaking + health.waiting > 0;
    health.models = models.names();
    if (! models.areLoaded())
        tellLoading (health);
    health.voices = models.first().voices->names();
    return { .body = protocol::toJson (health) };
}

void SpeechServer::tellLoading (protocol::Health& health) const
{
    const auto& served = models.list();
    std::int64_t loaded = 0;
    for (std::size_t i = 0; i < std::min (served.size(), options.weightBytes.size()); ++i)
    {
        health.loadingBytes += options.weightBytes[i];
        const auto& read = served[i].options.bytesRead;
        if (served[i].worker->info (served[i].index))
            loaded += options.weightBytes[i];
        else if (read != nullptr) // some of the weights it may not need, and some it needs twice
            loaded += std::min (read->load(), options.weightBytes[i]);
    }
    if (loaded > 0)
        health.loading = static_cast<float> (loaded) / static_cast<float> (health.loadingBytes);
}

/** What can be refused before the body is read. */
std::optional<HttpAnswer> SpeechServer::admitSpeech (const HttpRequest& request) const
{
    const auto refuse = [this] (HttpAnswer answer) {
        metrics.refused (answer.status);
        return answer;
    };
    constexpr std::string_view multipart = "multipart/";
    const auto type = request.field ("Content-Type").substr (0, multipart.size());
    if (sameWord (type, multipart))
        return refuse (answerOf (Refusal { 415, "its body is a form; a speech request is JSON" }));
    const auto workers = models.workers(); // which of them is meant, the body says
    if (std::ranges::all_of (workers, [] (const auto* worker) { return worker->wouldRefuse(); }))
        return refuse (busyAnswer (*workers.front(), workers.front()->busyError()));
    return {};
}

void SpeechServer::speak (const std::shared_ptr<Exchange>& exchange)
{
    const auto& request = exchange->request;
    const auto refuse = [this, &exchange] (HttpAnswer answer, bool closes = false) {
        metrics.refused (answer.status);
        answer.closes = closes;
        exchange->send (std::move (answer));
    };
    const auto body = decoded (request.body, request.field ("Content-Encoding"), options.maxBodyBytes);
    if (! body)
        return refuse (answerOf (body.error()), true);
    auto checked = checkRequest (*body, options.typography);
    if (! checked)
        return refuse (answerOf (checked.error()), true);
    const auto found = models.find (checked->request.model);
    if (! found)
        return refuse (answerOf (found.error()));
    const auto& model = **found;
    const auto info = model.worker->info (model.index);
    if (! info)
        return refuse (answerOf (model.worker->whyNot (model.index)));
    const auto encoding = encodingOf (checked->request, info->sampleRateHz, *body);
    if (const auto encoder = SpeechEncoder::make (encoding); ! encoder)
        return refuse (answerOf (encoder.error()));
    auto job = makeJob (*checked, model, *exchange);
    if (! job)
        return refuse (answerOf (job.error()));
    (*job)->fingerprint = info->fingerprint;
    auto lines = linesOnAccepting (**job, *checked);
    const JobRecord record { .id = (*job)->id,
                             .model = model.name,
                             .client = (*job)->client,
                             .fingerprint = info->fingerprint,
                             .createdAt = secondsSince1970(),
                             .due = (*job)->due,
                             .progress = (*job)->progress,
                             .job = *job,
                             .worker = model.worker };
    if (auto added = board.add (record); ! added)
        return refuse (answerOf (added.error()));
    Delivery::Format format { .stream = checked->request.stream,
                              .sampleRateHz = info->sampleRateHz,
                              .fingerprint = info->fingerprint,
                              .betweenComments = options.betweenComments,
                              .fields = { { protocol::jobField, (*job)->id },
                                          { protocol::fingerprintField, info->fingerprint } } };
    for (const auto& warning : checked->warnings)
        format.fields.emplace_back ("Warning", "299 - \"" + warning + '"');
    const auto speech = std::make_shared<SpeechEncoding> (*job, encoding, encoders);
    const auto delivery = std::make_shared<Delivery> (exchange, speech, format);
    if (encoding.isWhole)
        std::make_shared<FileDelivery> (exchange, speech, std::move (format), files)->begin();
    else
        delivery->begin();
    const auto accepted = model.worker->submit (*job, [&lines] {
        for (auto& line : lines)
            line.write();
    });
    if (accepted)
        return delivery->accepted();
    board.remove (record.id);
    refuse (accepted.error().code == ErrorCode::Busy ? busyAnswer (*model.worker, accepted.error())
                                                     : answerOf (accepted.error()));
}

/** Reads the voices that the request names, each recording once. */
Result<void> SpeechServer::addVoices (const CheckedRequest& checked, const ServedModel& model,
                                      const Exchange& exchange, SpeechJob& job)
{
    const auto rate =
        static_cast<double> (model.worker->info (model.index).value_or (ModelInfo {}).sampleRateHz);
    auto room = model.secondsOfVoices();
    std::map<std::string, std::shared_ptr<const ShelfVoice>> read;
    for (std::size_t i = 0; i < checked.request.voices.size(); ++i)
    {
        const auto refused = [&] (ErrorCode code, std::string why) {
            return tl::make_unexpected (Error { code, std::move (why), voiceField (checked, i) });
        };
        const auto& reference = checked.request.voices[i];
        if (! reference.path.empty() && exchange.request.isTcp && ! options.readsPathsOverTcp)
            return refused (ErrorCode::InvalidInput,
                            "over TCP this engine reads no recording by its path. Use one of the model's "
                            "voices, upload the recording, or start the engine with --voice-folder.");
        const VoiceFinder finder { *model.voices, uploaded };
        const auto found =
            checked.voiceIsNamed ? finder.find (reference, options.aliases) : finder.find (reference);
        if (! found)
            return refused (found.error().code, found.error().text());
        auto& voice = read[found->file.string()];
        if (voice == nullptr)
        {
            auto fetched =
                recordings.get (*model.voices, *found,
                                { .mostSeconds = std::min (room, VoiceShelf::Limits {}.mostSeconds),
                                  .isCancelled = [&exchange] { return exchange.isGone(); } });
            if (! fetched)
                return refused (fetched.error().code, fetched.error().text());
            voice = std::move (*fetched);
        }
        room -= static_cast<double> (voice->audio.samples.size()) / rate;
        if (room < 0)
            return refused (
                ErrorCode::InvalidInput,
                "the voices together are longer than the model can take in. Choose 10 to 30 seconds "
                "of clear speech for each.");
        job.voices.push_back (voice);
    }
    return {};
}

Result<std::shared_ptr<SpeechJob>> SpeechServer::makeJob (const CheckedRequest& checked,
                                                          const ServedModel& model, const Exchange& exchange)
{
    const auto& request = checked.request;
    auto job = std::make_shared<SpeechJob> (unread);
    if (request.dueMs)
        job->due = std::chrono::steady_clock::now() +
                   std::chrono::microseconds (std::llround (*request.dueMs * 1000.0));
    job->client = request.client.empty() ? exchange.request.peer : request.client;
    job->meter = metrics.begin ({ .model = model.name, .client = job->client, .isStream = ! request.whole });
    if (auto added = addVoices (checked, model, exchange, *job); ! added)
        return tl::make_unexpected (std::move (added.error()));
    job->model = model.index;
    job->modelName = model.name;
    job->lines = request.lines;
    job->settings.seed = request.seed;
    job->settings.guidanceScale = request.guidanceScale;
    job->settings.steps = request.steps;
    job->id = request.id.empty() ? JobBoard::newId() : request.id;
    return job;
}
} // namespace tableread::engine
