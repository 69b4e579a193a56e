// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Protocol.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "Core/JsonFields.h"

namespace tableread::protocol
{
namespace
{
using Json = nlohmann::json;

constexpr std::array containers { std::pair { Container::Pcm, "pcm" }, std::pair { Container::Wav, "wav" },
                                  std::pair { Container::Flac, "flac" },
                                  std::pair { Container::Opus, "opus" },
                                  std::pair { Container::Mp3, "mp3" } };

std::string at (const char* name, std::size_t index)
{
    return std::string (name) + '[' + std::to_string (index) + "].";
}

/** An id that a client has chosen: it stands in paths and header fields. */
std::string readJobId (const JsonFields& fields)
{
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    auto id = fields.text ("id");
    if (id.size() > maxJobIdBytes || id.find_first_not_of (allowed) != std::string::npos || id == "." ||
        id == "..")
        throw Exception ({ ErrorCode::InvalidInput,
                           "an id has at most " + std::to_string (maxJobIdBytes) +
                               " of the characters A to Z, a to z, 0 to 9, - . _ ~",
                           "tableread.id" });
    return id;
}

const char* nameOf (Container container)
{
    return std::ranges::find (containers, container, [] (const auto& entry) { return entry.first; })->second;
}

Container readContainer (const JsonFields& fields)
{
    const auto name = fields.text ("response_format", "mp3");
    for (const auto& [container, known] : containers)
        if (name == known)
            return container;
    constexpr const char* choice = "use \"mp3\", \"opus\", \"flac\", \"wav\" or \"pcm\"";
    if (name == "aac") // which OpenAI has
        throw Exception ({ ErrorCode::Unsupported, std::string ("\"aac\" is not supported; ") + choice,
                           "response_format" });
    throw Exception (
        { ErrorCode::InvalidInput, std::string ("there is no such format; ") + choice, "response_format" });
}

StreamFormat readStreamFormat (const JsonFields& fields)
{
    const auto name = fields.text ("stream_format", "audio");
    if (name != "audio" && name != "sse")
        throw Exception ({ ErrorCode::InvalidInput, "there is no such format; use \"audio\" or \"sse\"",
                           "stream_format" });
    return name == "sse" ? StreamFormat::Events : StreamFormat::Audio;
}

VoiceReference readVoice (const Json& json, const std::string& prefix)
{
    const JsonFields entry (json, prefix);
    VoiceReference voice { entry.text ("name"), entry.text ("path"), entry.text ("id") };
    if (voice == VoiceReference {})
        throw Exception ({ ErrorCode::InvalidInput,
                           "a voice has a \"name\", a \"path\" or both, or an \"id\"", prefix + "name" });
    if (! voice.id.empty() && ! voice.path.empty())
        throw Exception (
            { ErrorCode::InvalidInput, "a voice has a \"path\" or an \"id\", not both", prefix + "id" });
    if (! voice.path.empty() && ! voice.path.is_absolute())
        throw Exception ({ ErrorCode::InvalidInput, "an absolute path is expected, this one is relative",
                           prefix + "path" });
    return voice;
}

/** A name, or {"id": …}. */
void readPlainVoice (const JsonFields& fields, SpeechRequest& request)
{
    const auto* const voice = fields.find ("voice");
    if (voice == nullptr || ! voice->is_object())
    {
        request.voice = fields.text ("voice");
        return;
    }
    request.voiceId = JsonFields (*voice, "voice.").text ("id");
    if (request.voiceId.empty())
        throw Exception ({ ErrorCode::InvalidInput, "a voice that is an object has an \"id\"", "voice.id" });
}

void readExtension (const Json& json, SpeechRequest& request)
{
    const JsonFields fields (json, "tableread.");
    for (const auto& voice : fields.list ("voices", maxVoices))
        request.voices.push_back (readVoice (voice, at ("tableread.voices", request.voices.size())));
    for (const auto& line : fields.list ("lines", maxLines))
    {
        const JsonFields entry (line, at ("tableread.lines", request.lines.size()));
        const auto last = request.voices.empty() ? maxVoices : request.voices.size();
        request.lines.push_back (
            { (int) entry.integer ("speaker", 0, 0, (std::int64_t) last - 1), entry.text ("text") });
    }
    request.seed = fields.seed ("seed");
    if (fields.find ("cfg_scale") != nullptr)
        request.guidanceScale = fields.number ("cfg_scale", 0.0f, 0.0f, 100.0f);
    request.steps = (int) fields.integer ("steps", request.steps, 1, 1000);
    request.client = fields.text ("client");
    if (request.client.size() > maxClientBytes)
        throw Exception ({ ErrorCode::OutOfRange,
                           "has " + std::to_string (request.client.size()) + " bytes, at most " +
                               std::to_string (maxClientBytes) + " are allowed",
                           "tableread.client" });
    request.id = readJobId (fields);
    if (fields.find ("due_ms") != nullptr)
        request.dueMs = fields.number ("due_ms", 0.0f, 0.0f, (float) maxDueMs);
    const auto format = fields.text ("format", "s16");
    if (format != "s16" && format != "f32")
        throw Exception ({ ErrorCode::InvalidInput, "there is no such format; use \"s16\" or \"f32\"",
                           "tableread.format" });
    request.format = format == "f32" ? SampleFormat::Float32 : SampleFormat::Int16;
    request.whole = fields.flag ("whole");
}

/** Whether there is an answer as it is asked for. */
void checkAnswer (const SpeechRequest& request)
{
    const bool hasFloats = request.container == Container::Pcm || request.container == Container::Wav;
    if (request.format == SampleFormat::Float32 && ! hasFloats)
        throw Exception ({ ErrorCode::InvalidInput,
                           std::string (nameOf (request.container)) +
                               " has no floats; ask for \"wav\" or \"pcm\", or leave this out",
                           "tableread.format" });
    if (request.whole && request.stream == StreamFormat::Events)
        throw Exception ({ ErrorCode::InvalidInput,
                           "events come while the speech is made; leave this or \"stream_format\" out",
                           "tableread.whole" });
}
} // namespace

std::string toJson (const SpeechRequest& request)
{
    Json voices = Json::array();
    for (const auto& voice : request.voices)
    {
        Json entry = { { "name", voice.name } };
        if (! voice.path.empty())
            entry["path"] = voice.path.string();
        if (! voice.id.empty())
            entry["id"] = voice.id;
        voices.push_back (std::move (entry));
    }
    Json lines = Json::array();
    std::string input = request.input;
    for (const auto& line : request.lines)
    {
        lines.push_back ({ { "speaker", line.speaker }, { "text", line.text } });
        if (request.input.empty())
            input += (input.empty() ? "" : "\n") + line.text;
    }
    Json voice = request.voice;
    if (! request.voiceId.empty())
        voice = Json::object ({ { "id", request.voiceId } });
    else if (request.voice.empty() && ! request.voices.empty())
        voice = request.voices.front().name;
    Json extension = { { "lines", lines },
                       { "voices", voices },
                       { "seed", request.seed },
                       { "steps", request.steps },
                       { "format", request.format == SampleFormat::Float32 ? "f32" : "s16" } };
    if (request.guidanceScale)
        extension["cfg_scale"] = *request.guidanceScale;
    if (! request.client.empty())
        extension["client"] = request.client;
    if (request.dueMs)
        extension["due_ms"] = *request.dueMs;
    if (! request.id.empty())
        extension["id"] = request.id;
    if (request.whole)
        extension["whole"] = true;
    const Json json = { { "model", request.model },
                        { "input", input },
                        { "voice", voice },
                        { "response_format", nameOf (request.container) },
                        { "stream_format", request.stream == StreamFormat::Events ? "sse" : "audio" },
                        { "tableread", extension } };
    return json.dump (-1, ' ', false, Json::error_handler_t::replace);
}

Result<SpeechRequest> parseSpeechRequest (std::string_view text)
{
    return readJson<SpeechRequest> (
        text, "the request", maxBodyBytes, [] (const Json& json, SpeechRequest& request) {
            const JsonFields fields (json, {});
            request.model = fields.text ("model", request.model);
            request.input = fields.text ("input");
            readPlainVoice (fields, request);
            request.container = readContainer (fields);
            request.stream = readStreamFormat (fields);
            if (const auto* extension = fields.find ("tableread"))
                readExtension (*extension, request);
            checkAnswer (request);
            if (request.input.empty() && request.lines.empty())
                throw Exception (
                    { ErrorCode::InvalidInput, "the text is empty, so there is nothing to speak", "input" });
        });
}
} // namespace tableread::protocol
