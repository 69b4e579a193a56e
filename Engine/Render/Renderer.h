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

namespace tableread::engine
{
enum class ComputeType
{
    Float32,
    BFloat16 // weights in bf16, arithmetic in fp32 on a CPU
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
    int threads = 0; // 0: as many as there are cores
    DeviceKind device = DeviceKind::Cpu;
    OffloadRequest offload {};
    bool randomWeights =
        false; // in the shapes of the folder's config.json, to measure without the real files
    std::filesystem::path tokenizer {}; // a folder; empty: the model's
    Profiling profiling = Profiling::Off;
};

/** What a person wants to know of a loaded checkpoint. */
struct ModelInfo
{
    std::string name; // the folder's name
    std::string
        fingerprint; // device, kernels, compute type and weights: takes with the same one are comparable bit for bit
    std::int64_t sampleRateHz = 24'000;
    std::int64_t frameSamples = 3200;
    std::int64_t layers = 0;
    std::int64_t maxPositions = 0;
    std::int64_t parameters = 0;
    std::vector<std::string> notes;       // what is odd about the checkpoint, each a sentence
    std::optional<OffloadConfig> offload; // in effect; empty on a CPU: all layers are where they are computed
    std::int64_t plannedPeakBytes = 0;    // of device memory, with what CUDA takes for itself
    std::string memoryNotes; // lines for a person: the arithmetic of memory, what could not be pinned
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
    float guidanceScale = 1.3f; // 1: no guidance, the negative branch is skipped
    int steps = 10;             // diffusion steps, 1 or more
    NoiseKind noise = NoiseKind::Philox;
    double maxLengthTimes =
        2.0; // generated tokens at most this many times the prompt's, as in the original; 0: no such limit
    double maxSeconds = 0.0;      // of speech; 0: no such limit
    std::int64_t exactFrames = 0; // above 0: so many, whatever the model chooses: to measure
};

/** What one generation pass speaks: lines in order, each by one of `voices`. */
struct Passage
{
    struct Line
    {
        int speaker = 0; // index into voices
        std::string text;
    };

    std::vector<Line> lines;
    std::vector<EncodedVoice> voices; // empty: the model invents them
};

enum class FinishReason
{
    Stop,   // the model ended its speech
    Length, // a limit on length was reached: the text may be cut
    Cancelled
};

/** Where the time of a render went, in milliseconds over all of its frames. */
struct PartTimes
{
    double prefill = 0, languageModel = 0, diffusionHead = 0, decoder = 0, semanticEncoder = 0, other = 0;
};

struct RenderReport
{
    FinishReason finish = FinishReason::Stop;
    std::int64_t frames = 0;
    std::int64_t promptTokens = 0;
    double firstFrameMs = 0; // from the call to the first frame's samples
    double totalMs = 0;
    PartTimes times;
    std::vector<std::string> notes;   // what the memory watch had to say
    std::vector<std::int64_t> tokens; // as generated
};

/** Called on the thread that renders. */
struct RenderEvents
{
    std::function<void (std::span<const float> frame)> onFrame; // 24 kHz mono, frameSamples of it, unclamped
    std::function<bool()> isCancelled;                          // asked before each step
    std::function<void (std::span<const float> latent)>
        onLatent; // of the frame that follows, as the sampler made it
};

/** What a GPU did since the model was loaded; all zeros on a CPU. */
struct DeviceReport
{
    std::string name, driver;
    std::int64_t peakBytes = 0, totalBytes = 0;              // of device memory
    std::int64_t transfers = 0, transferredBytes = 0;        // of layers
    std::int64_t trims = 0, trimsSkipped = 0, trimBytes = 0; // CacheTrim's counters
    std::int64_t trimsBeforeForward = 0;
    double trimMs = 0, trimWaitMs = 0; // in trims, and before them for work that was under way
    double hostWaitMs = 0;             // for bounce buffers
};

/** A loaded checkpoint that speaks passages: the Torch-free face of the engine.

    Threads   all calls on one thread at a time; compute threads are its own.
    Bits      the same passage, voices and settings give the same samples on the same fingerprint, whatever was
              rendered before, was cancelled, or shares the batch.
    Errors    throws tableread::Exception with a sentence for the user.
*/
class Renderer
{
public:
    static std::unique_ptr<Renderer> load (const LoadOptions& options);
    virtual ~Renderer() = default;

    virtual const ModelInfo& info() const = 0;

    virtual DeviceReport deviceReport() const { return {}; }

    /** Bytes a second from pinned host memory to the GPU, measured now; 0 on a CPU. */
    virtual double measureLink() { return 0; }

    /** With Profiling::On: where time went since the load or the last call, ordered by begin, in milliseconds since the
        load. A step of the loop is a frame: on a CPU each part is a span of the host's, on a GPU the host's spans say what
        it issued and waited for, and the queues' when that was done. */
    virtual std::vector<ProfileSpan> takeProfile() { return {}; }

    /** Encodes a voice once; its sampling noise is keyed by the audio, so one voice has one timbre over all lines. */
    virtual EncodedVoice encodeVoice (const VoiceAudio& voice) = 0;

    /** Speaks one passage, frame by frame, until it ends, is cancelled or reaches a limit. */
    virtual RenderReport render (const Passage& passage, const RenderSettings& settings,
                                 const RenderEvents& events) = 0;

    /** Speaks several passages in one batch, so that each weight is read once a step for all of them. They may end
        at different times. @returns one report per passage, in order. */
    struct Job
    {
        Passage passage;
        RenderSettings settings;
        RenderEvents events;
    };
    virtual std::vector<RenderReport> renderBatch (std::span<const Job> jobs) = 0;
};
} // namespace tableread::engine
