// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Device/Kind.h"
#include "Offload/Config.h"
#include "Offload/MemoryTable.h"
#include "Offload/Profile.h"
#include "Render/Reports.h"
#include "Script/SpokenLine.h"

namespace tableread::engine
{
enum class ComputeType
{
    Float32,
    BFloat16 // weights in bf16; arithmetic in fp32 on a CPU
};

enum class NoiseKind
{
    Philox, // ours: keyed by seed, frame and dimension
    Torch   // PyTorch's CPU generator, to compare with other implementations
};

struct LoadOptions
{
    std::filesystem::path model; // folder of a checkpoint
    ComputeType compute = ComputeType::Float32;
    int threads = 0; // 0: one for each core
    DeviceKind device = DeviceKind::Cpu;
    int deviceIndex = 0; // which GPU
    OffloadRequest offload {};
    bool randomWeights =
        false; // in the shapes of the folder's config.json, to measure without the real files
    std::filesystem::path tokenizer {}; // a folder; empty: the model's
    Profiling profiling = Profiling::Off;
    std::vector<std::string> notes {}; // on how the model was found; the first of the model's notes
    std::shared_ptr<std::atomic<std::int64_t>>
        bytesRead {}; // of the weights so far, for others to look at; may be null

    bool operator== (const LoadOptions&) const = default;
};

/** Information about a loaded checkpoint. */
struct ModelInfo
{
    std::string name; // the folder's name
    /** Device, types, version of the kernels, and a hash of weights, tokenizer and config, as Protocol.md says: takes
        with the same one are comparable bit by bit. */
    std::string fingerprint;
    std::string device = "the CPU"; // that computes, or the GPU's product name
    std::int64_t sampleRateHz = 24'000;
    std::int64_t frameSamples = 3200;
    std::int64_t layers = 0;
    std::int64_t maxPositions = 0;
    int mostPassages = 16; // at once: on a GPU as many as memory was planned for
    std::int64_t parameters = 0;
    float guidanceScale = 1.3f;               // the default
    std::vector<std::string> notes;           // what is unusual about the checkpoint, one sentence each
    std::optional<OffloadConfig> offload;     // in effect; empty on a CPU, where nothing is offloaded
    std::int64_t plannedPeakBytes = 0;        // of device memory, with CUDA's own overhead
    std::optional<MemoryTable> plannedMemory; // how it adds up; empty on a CPU
    std::string memoryNotes; // lines for people: how the memory adds up, what could not be pinned
};

/** The speech of one voice, prepared (mono, 24 kHz, normalised; see Source/Voice). */
struct VoiceAudio
{
    std::string name;
    std::vector<float> samples;
};

/** A voice as the language model hears it. Made by a Renderer, for this one only; used on the same thread. It is encoded in
    pieces: by the steps of the first passage that speaks with it, or by encode(). */
class EncodedVoice
{
public:
    virtual ~EncodedVoice() = default;

    /** Frames of the recording that are still to be encoded; 0: it is complete. */
    virtual std::int64_t framesLeft() const = 0;

    /** Encodes the next `frames`, or what is left. */
    virtual void encode (std::int64_t frames) = 0;
};

struct RenderSettings
{
    std::uint64_t seed = 0;
    std::optional<float> guidanceScale {}; // 1: no guidance, half the work; empty: the model's
    int steps = 10;                        // diffusion steps, 1 or more
    NoiseKind noise = NoiseKind::Philox;
    double maxLengthTimes =
        2.0; // most generated tokens, as a multiple of the prompt's, as in the original; 0: no such limit
    double maxSeconds = 0.0; // of speech; 0: no such limit
};

/** What one generation pass speaks: the lines of a passage in order, each spoken by one of `voices`. */
struct VoicedPassage
{
    std::vector<SpokenLine> lines;
    std::vector<std::shared_ptr<EncodedVoice>> voices; // empty: the model invents them
};

/** Called by step() and cancel(), on their thread. They must not call the Renderer. One that throws ends its passage. */
struct PassageEvents
{
    std::function<void (std::span<const float> frame)>
        onFrame {}; // 24 kHz mono, frameSamples of it, unclamped
    std::function<void (std::span<const float> latent)> onLatent {}; // of the next frame, as sampled

    /** The last call. `failure`: what was thrown, if the passage failed; the report has what came before. */
    std::function<void (const RenderReport& report, const std::exception_ptr& failure)> onEnd {};
};

/** A passage to speak. */
struct PassageJob
{
    VoicedPassage passage;
    RenderSettings settings {};
    PassageEvents events {};
    std::int64_t exactFrames = 0; // above 0: exactly so many, not the model's choice; for measuring
    bool isHeard = true;          // while it is spoken, so that its frames must not falter (Pacing.h)
};

using PassageId = std::uint64_t;

/** A passage that was started and has not ended. */
struct PassageState
{
    enum class Phase
    {
        Voices, // are encoded
        Prompt, // is computed
        Speaking
    };

    PassageId id = 0;
    Phase phase = Phase::Voices;
    bool isParked = false;
    std::int64_t frames = 0; // spoken so far
};

class Measuring; // Measuring.h

/** A loaded checkpoint that speaks passages, as many at once as are started: each weight is read once per step for all of
    them. The Torch-free interface of the engine.

    Threads   all calls on one thread at a time; it has its own compute threads.
    Bits      the same passage, voices and settings give the same samples with the same fingerprint, regardless of
              what was rendered or cancelled before or shares the batch, and of when it joins, leaves or is parked.
    Errors    throws tableread::Exception with a sentence for the user. A step does not throw: what fails in it ends the
              passages concerned, which are told by onEnd.
*/
class Renderer
{
public:
    static std::unique_ptr<Renderer> load (const LoadOptions& options);
    virtual ~Renderer() = default;

    virtual const ModelInfo& info() const = 0;

    virtual DeviceReport deviceReport() const { return {}; }

    /** Positions whose keys and values are kept, of both branches of all passages in flight but those that are parked. */
    virtual std::int64_t cachedPositions() const { return 0; }

    /** Tells how much of the device's memory this process holds, for all of its models, after giving back what none of them
        uses. May be called after this object is gone, on the same thread. Empty on a CPU. */
    virtual std::function<std::int64_t()> deviceBytes() const { return {}; }

    /** A voice, which is not encoded yet; keeps the audio until it is. Its sampling noise is keyed by the audio, so a voice
        has the same timbre in all lines. */
    virtual std::shared_ptr<EncodedVoice> makeVoice (std::shared_ptr<const VoiceAudio> audio) = 0;

    /** Takes a passage into the batch. The next steps encode its voices and compute its prompt in pieces (Pacing.h), then
        each step speaks a token of it. */
    virtual PassageId start (PassageJob job) = 0;

    /** Takes one token for every passage that speaks, and prepares the others a little. `whenFrameMade` is called in between:
        the passages that have ended are told, and one that it starts is prepared in the same step. @returns whether a
        passage is in flight that is not parked. */
    virtual bool step (const std::function<void()>& whenFrameMade = {}) = 0;

    /** Ends a passage: its last event says Cancelled. Does nothing if it has ended already. */
    virtual void cancel (PassageId passage) = 0;

    /** Those that have not ended, in the order of their start. */
    virtual std::vector<PassageState> inFlight() const = 0;

    /** Takes a passage out of the steps, and its caches out of a GPU's memory, until resume(). */
    virtual void park (PassageId passage) = 0;
    virtual void resume (PassageId passage) = 0;

    /** Lives as long as this object, and is called on the same thread. */
    virtual Measuring& measuring() = 0;
};
} // namespace tableread::engine
