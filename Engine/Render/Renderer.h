// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Device/Kind.h"
#include "Offload/Config.h"
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
};

/** Information about a loaded checkpoint. */
struct ModelInfo
{
    std::string name; // the folder's name
    std::string
        fingerprint; // device, kernels, compute type and weights: takes with the same one are comparable bit by bit
    std::string device = "the CPU"; // that computes, or the GPU's product name
    std::int64_t sampleRateHz = 24'000;
    std::int64_t frameSamples = 3200;
    std::int64_t layers = 0;
    std::int64_t maxPositions = 0;
    std::int64_t parameters = 0;
    float guidanceScale = 1.3f;           // the default
    std::vector<std::string> notes;       // what is unusual about the checkpoint, one sentence each
    std::optional<OffloadConfig> offload; // in effect; empty on a CPU, where nothing is offloaded
    std::int64_t plannedPeakBytes = 0;    // of device memory, with CUDA's own overhead
    std::string memoryNotes; // lines for people: how the memory adds up, what could not be pinned
};

/** The speech of one voice, prepared (mono, 24 kHz, normalised; see Source/Voice). */
struct VoiceAudio
{
    std::string name;
    std::vector<float> samples;
};

/** A voice as the language model hears it. Cheap to copy; belongs to the Renderer that made it. */
struct EncodedVoice
{
    struct Data;
    std::shared_ptr<const Data> data;
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
    std::vector<EncodedVoice> voices; // empty: the model invents them
};

/** Called on the thread that renders. */
struct RenderEvents
{
    std::function<void (std::span<const float> frame)> onFrame; // 24 kHz mono, frameSamples of it, unclamped
    std::function<bool()> isCancelled;                          // asked before each step
    std::function<void (std::span<const float> latent)> onLatent; // of the next frame, as sampled
};

class Measuring; // Measuring.h

/** A loaded checkpoint that speaks passages: the Torch-free interface of the engine.

    Threads   all calls on one thread at a time; it has its own compute threads.
    Bits      the same passage, voices and settings give the same samples with the same fingerprint, regardless of
              what was rendered or cancelled before or shares the batch.
    Errors    throws tableread::Exception with a sentence for the user.
*/
class Renderer
{
public:
    static std::unique_ptr<Renderer> load (const LoadOptions& options);
    virtual ~Renderer() = default;

    virtual const ModelInfo& info() const = 0;

    virtual DeviceReport deviceReport() const { return {}; }

    /** Encodes a voice once; its sampling noise is keyed by the audio, so a voice has the same timbre in all lines. */
    virtual EncodedVoice encodeVoice (const VoiceAudio& voice) = 0;

    /** Speaks one passage, frame by frame, until it ends, is cancelled or reaches a limit. */
    virtual RenderReport render (const VoicedPassage& passage, const RenderSettings& settings,
                                 const RenderEvents& events) = 0;

    /** Speaks several passages in one batch, so that each weight is read once per step for all of them. They may end
        at different times. @returns one report per passage, in order. */
    struct Job
    {
        VoicedPassage passage;
        RenderSettings settings;
        RenderEvents events;
    };
    virtual std::vector<RenderReport> renderBatch (std::span<const Job> jobs) = 0;

    /** Lives as long as this object, and is called on the same thread. */
    virtual Measuring& measuring() = 0;
};
} // namespace tableread::engine
