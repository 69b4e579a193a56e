// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Passage/Cast.h"
#include "Script/SpokenLine.h"

/** The messages between plugin and engine, as structs and as JSON. Assets/docs/Protocol.md is
    the specification. Both programs link this, so each can read every message that the other writes.

    Reading   trusts nothing: sizes, types and ranges are checked, and an error names the field. Unknown fields are
              ignored, so that each side may be newer than the other within one protocol version.
*/
namespace tableread::protocol
{
inline constexpr int version = 1;

inline constexpr const char* healthPath = "/health";
inline constexpr const char* livePath = "/livez";   // answered as long as the process lives
inline constexpr const char* readyPath = "/readyz"; // 200 if a job would be taken
inline constexpr const char* speechPath = "/v1/audio/speech";
inline constexpr const char* voicesPath = "/v1/audio/voices";
inline constexpr const char* jobsPath = "/v1/tableread/jobs";

inline constexpr std::size_t maxBodyBytes = 4u << 20;                   // of a request
inline constexpr std::size_t maxUploadBytes = std::size_t { 64 } << 20; // of a voice, as a form
inline constexpr std::size_t maxLines = 4096;                           // in one passage
inline constexpr std::size_t maxVoices = 64;
inline constexpr std::size_t maxClientBytes = 64; // of a client's name
inline constexpr std::size_t maxJobIdBytes = 64;
inline constexpr double maxDueMs = 1e9;

/** The samples of a "pcm" or "wav" answer; the others have 16 bits. */
enum class SampleFormat
{
    Int16,  // little-endian, like OpenAI's "pcm"
    Float32 // little-endian, unclamped: bit for bit what the engine computed
};

/** The answer's format, `response_format`. Only Pcm and Wav have floats. */
enum class Container
{
    Pcm,
    Wav,
    Flac,
    Opus, // in Ogg
    Mp3
};

/** How the answer's bytes come. */
enum class StreamFormat
{
    Audio, // the bytes themselves
    Events // server-sent events, with the bytes in base64
};

/** How a job ended. */
enum class FinishReason
{
    Stop,      // the model ended its speech
    Length,    // a length limit ended it: the speech may be cut off
    Cancelled, // somebody did not want the rest
    Error
};

inline constexpr const char* finishReasonField = "X-TableRead-Finish-Reason"; // a trailer
inline constexpr const char* fingerprintField = "X-TableRead-Fingerprint";
inline constexpr const char* jobField = "X-TableRead-Job";

/** What the engine says when a speech is complete. */
struct SpeechEnd
{
    FinishReason reason = FinishReason::Stop;
    std::string fingerprint;
    std::string job; // its id

    bool operator== (const SpeechEnd&) const = default;
};

/** One passage to speak. A request from a plain OpenAI client has no `lines`, only `input` and `voice`. */
struct SpeechRequest
{
    std::string model = "tableread"; // the engine's first one
    std::string input;
    std::string voice;
    std::string voiceId; // in place of `voice`: of one that was uploaded
    Container container = Container::Pcm;
    StreamFormat stream = StreamFormat::Audio;
    SampleFormat format = SampleFormat::Int16;
    bool whole = false;                 // a finished file in place of a stream
    std::vector<SpokenLine> lines;      // each spoken by one of `voices`
    std::vector<VoiceReference> voices; // their paths are absolute
    std::uint64_t seed = 0;
    std::optional<float> guidanceScale; // empty: the model's
    int steps = 10;
    std::string client;          // who asks, among those that share the engine; empty: this process
    std::optional<double> dueMs; // until it is to be audible
    std::string id;              // of the job, chosen by the client; empty: the engine chooses one

    bool operator== (const SpeechRequest&) const = default;
};

/** Where an engine on a GPU keeps the language model's layers: see Assets/docs/offload.md. */
struct OffloadState
{
    std::int64_t layers = 0, gpuLayers = 0; // in total, and those that stay on the GPU
    int prefetch = 1;
    bool pinMemory = true;
    std::int64_t cacheTrimInterval = 50;
    std::string weights;  // "as computed", "fp8", "int8"
    std::string chosenBy; // for people to read

    // Said of a model only, not in health.
    std::string trim {};      // "useful", "always"
    std::int64_t vram = 0;    // bytes at most; 0: no limit
    std::int64_t context = 0; // positions of the longest passage
    int passages = 0;         // at once

    bool operator== (const OffloadState&) const = default;
};

/** What an engine reports about itself. */
struct Health
{
    std::string status = "ok"; // or "loading"
    std::string engineVersion;
    int protocol = version;
    std::string model;
    std::string fingerprint; // takes with the same fingerprint, request and voices are bit-identical
    std::int64_t sampleRateHz = 24'000;
    std::int64_t frameSamples = 3200;
    bool busy = false;
    int seats = 1;                          // how many passages are spoken at once
    std::int64_t speaking = 0, waiting = 0; // passages
    std::vector<std::string> models;        // that a request may name; `model` is the first
    std::vector<std::string> voices;        // names of the model's own voices
    std::optional<OffloadState> offload;    // empty on a CPU
    std::int64_t loadingBytes = 0;          // while it loads: the size of the models' weights; 0: unknown
    std::optional<float> loading;           // and how much of that is there, 0 to 1; empty: unknown

    bool operator== (const Health&) const = default;
};

/** What an engine says of a job. */
struct JobStatus
{
    std::string state;      // "queued", "preparing", "speaking", "ended"
    std::int64_t place = 0; // in its queue by arrival, 1 is the next; 0: in none
    std::int64_t frames = 0;

    bool operator== (const JobStatus&) const = default;
};

/** Writes and reads a request. An empty `input` is filled from the lines, so that any server understands
    the request at least as plain text.
    @returns on reading: InvalidInput or OutOfRange with the field in `where`. */
std::string toJson (const SpeechRequest& request);
[[nodiscard]] Result<SpeechRequest> parseSpeechRequest (std::string_view json);

std::string toJson (const Health& health);
[[nodiscard]] Result<Health> parseHealth (std::string_view json);

[[nodiscard]] Result<JobStatus> parseJobStatus (std::string_view json);

/** The body of a PATCH: when a job that waits is due; empty: nobody listens. */
std::string dueChange (std::optional<double> dueMs);

/** OpenAI's error object, with `where` as its "param". Its "type" follows the answer's status, by default that of the
    code. */
std::string toJson (const Error& error);
std::string toJson (const Error& error, int status);

/** The error in the body of an answer with `status`; a body that is not an error object is quoted, shortened. */
Error parseError (int status, std::string_view body);

/** "stop", "length" and so on; empty if the name is none of them. */
const char* nameOf (FinishReason reason);
std::optional<FinishReason> finishReasonOf (std::string_view name);

/** The name of an error's code, "invalid_input" and so on. */
const char* nameOf (ErrorCode code);

/** The HTTP status for an error of this code. */
int httpStatus (ErrorCode code);
} // namespace tableread::protocol
