// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Endpoints.h"

#include <algorithm>
#include <utility>

#include <boost/algorithm/string/replace.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "Core/Units.h"
#include "Passage/Names.h"
#include "Server/ErrorAnswers.h"
#include "Server/Http/Parsing/ContentCoding.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

constexpr const char* onePath = "/v1/audio/voices/{id}";

Json asJson (const VoiceRecord& record)
{
    Json json = { { "id", record.id() },
                  { "object", "audio.voice" },
                  { "type", "audio_sample" },
                  { "name", record.name },
                  { "created_at", record.createdAt },
                  { "source", "upload" },
                  { "hash", record.hash },
                  { "bytes", record.bytes },
                  { "duration", static_cast<double> (record.milliseconds) / 1000.0 } };
    if (! record.consent.empty())
        json["consent"] = record.consent;
    return json;
}

/** One of a model's own. Its recording has not been read, so nothing is known of it. */
Json asJson (const std::string& name)
{
    return { { "id", name },   { "object", "audio.voice" }, { "type", "audio_sample" },
             { "name", name }, { "created_at", 0 },         { "source", "model" } };
}

HttpAnswer answerWith (const Json& json)
{
    return { .body = json.dump (-1, ' ', false, Json::error_handler_t::replace) };
}

/** A refusal that closes: what follows a body that makes no sense may not be the next request. */
HttpAnswer closing (HttpAnswer answer)
{
    answer.closes = true;
    return answer;
}

/** What the reader says of a file, without the name that the store has given it. */
std::string aboutRecording (std::string sentence, const std::filesystem::path& file)
{
    const auto converted = (file.parent_path() / file.stem()).string();
    boost::replace_all (sentence, file.string(), "recording"); // in a command for ffmpeg
    boost::replace_all (sentence, converted, "recording");
    boost::replace_all (sentence, file.filename().string(), "the recording");
    return sentence;
}
} // namespace

std::vector<HttpRoute> VoiceEndpoints::routes()
{
    return { { .path = protocol::voicesPath,
               .waits = true,
               .handle = [this] (const auto& exchange) { exchange->send (list()); } },
             { .method = "POST",
               .path = protocol::voicesPath,
               .mostBodyBytes = parts.mostUploadBytes,
               .admit = [] (const HttpRequest& request) -> std::optional<HttpAnswer> {
                   if (const auto boundary = boundaryOf (request.field ("Content-Type")); ! boundary)
                       return answerOf (boundary.error());
                   return {};
               },
               .waits = true,
               .handle = [this] (const auto& exchange) { exchange->send (upload (*exchange)); } },
             { .path = onePath,
               .waits = true,
               .handle =
                   [this] (const auto& exchange) { exchange->send (get (exchange->request.parameter)); } },
             { .method = "DELETE", .path = onePath, .waits = true, .handle = [this] (const auto& exchange) {
                  exchange->send (remove (exchange->request.parameter));
              } } };
}

/** The names of the models' own voices, each once. */
std::vector<std::string> VoiceEndpoints::ownVoices() const
{
    std::vector<std::string> names;
    for (const auto& model : parts.models.names())
        for (const auto& name : parts.models.find (model).value()->voices->names())
            if (std::ranges::none_of (names, [&name] (const auto& other) { return sameName (name, other); }))
                names.push_back (name);
    return names;
}

/** A model's own voice, as it is spelled there. */
std::optional<std::string> VoiceEndpoints::ownVoice (const std::string& name) const
{
    const auto own = ownVoices();
    const auto found =
        std::ranges::find_if (own, [&name] (const auto& each) { return sameName (each, name); });
    return found == own.end() ? std::nullopt : std::optional (*found);
}

Result<VoiceRecord> VoiceEndpoints::uploaded (const std::string& idOrName) const
{
    return keyOfVoiceId (idOrName).empty() ? parts.store.byName (idOrName) : parts.store.byId (idOrName);
}

HttpAnswer VoiceEndpoints::list() const
{
    Json data = Json::array();
    for (const auto& name : ownVoices())
        data.push_back (asJson (name));
    for (const auto& record : parts.store.list().voices)
        data.push_back (asJson (record));
    return answerWith ({ { "object", "list" }, { "data", std::move (data) } });
}

HttpAnswer VoiceEndpoints::get (const std::string& idOrName) const
{
    if (const auto own = ownVoice (idOrName))
        return answerWith (asJson (*own));
    const auto record = uploaded (idOrName);
    return record ? answerWith (asJson (*record)) : answerOf (record.error());
}

HttpAnswer VoiceEndpoints::remove (const std::string& idOrName)
{
    if (const auto own = ownVoice (idOrName))
        return answerOf (Error {
            ErrorCode::Conflict, "\"" + *own + "\" is the model's own voice, which cannot be deleted.", {} });
    const auto record = uploaded (idOrName);
    if (! record)
        return answerOf (record.error());
    if (const auto removed = parts.store.remove (record->id()); ! removed)
        return answerOf (removed.error());
    spdlog::info ("voice {} is deleted", record->id());
    return answerWith ({ { "id", record->id() }, { "object", "audio.voice.deleted" }, { "deleted", true } });
}

HttpAnswer VoiceEndpoints::upload (const Exchange& exchange)
{
    const auto& request = exchange.request;
    const auto boundary = boundaryOf (request.field ("Content-Type"));
    if (! boundary)
        return closing (answerOf (boundary.error()));
    std::string unpacked;
    std::string_view body = request.body;
    if (const auto coding = request.field ("Content-Encoding"); ! coding.empty())
    {
        auto plain = decoded (request.body, coding, parts.mostUploadBytes);
        if (! plain)
            return closing (answerOf (plain.error()));
        body = unpacked = std::move (*plain);
    }
    const auto fields = parseMultipart (*boundary, body);
    if (! fields)
        return closing (answerOf (fields.error()));
    const auto form = readVoiceForm (*fields);
    return form ? store (*form, exchange) : answerOf (form.error());
}

HttpAnswer VoiceEndpoints::store (const VoiceForm& form, const Exchange& exchange)
{
    if (const auto own = ownVoice (form.name))
        return answerOf (Error { ErrorCode::Conflict,
                                 "the model has a voice \"" + *own + "\" of its own. Choose another name.",
                                 "name" });
    const auto check = [&] (const std::filesystem::path& file) -> Result<std::int64_t> {
        auto milliseconds = millisecondsOf ({ file, form.name }, exchange);
        if (! milliseconds)
            return tl::make_unexpected (Error { milliseconds.error().code,
                                                aboutRecording (milliseconds.error().message, file),
                                                form.recordingField });
        return milliseconds;
    };
    const auto record =
        parts.store.add ({ .name = form.name, .consent = form.consent, .bytes = form.recording }, check);
    if (! record)
        return answerOf (record.error());
    spdlog::info ("voice {} is stored: {} bytes, {} ms", record->id(), record->bytes, record->milliseconds);
    auto answer = answerWith (asJson (*record));
    for (const auto& warning : form.warnings)
        answer.fields.emplace_back ("Warning", "299 - \"" + warning + '"');
    return answer;
}

/** Reads a recording as a request would, in the process that may be killed. */
Result<std::int64_t> VoiceEndpoints::millisecondsOf (const VoiceFile& file, const Exchange& exchange) const
{
    const auto& model = parts.models.first();
    const VoiceShelf::Limits limits { .mostSeconds = std::min (model.secondsOfVoices(),
                                                               VoiceShelf::Limits {}.mostSeconds),
                                      .isCancelled = [&exchange] { return exchange.isGone(); } };
    const auto voice = parts.recordings.get (*model.voices, file, limits);
    if (! voice)
        return tl::make_unexpected (voice.error());
    return static_cast<std::int64_t> ((*voice)->audio.samples.size()) * 1000 / modelSampleRateHz;
}
} // namespace tableread::engine
