// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tableread::engine::kernels
{
/** How a GPU matrix is stored. All but Float32 are in tiles of 16 outputs by 16 inputs, in the register layout of a
    tensor-core operand, so that each lane loads its elements of a tile with one instruction. */
enum class GpuElement
{
    Float32, // [n, k], not packed: for comparison with the CPU, not for speed
    BFloat16,
    Int8,      // with a scale for each output
    Float8E4M3 // with a scale for each output
};

enum class GpuActivation
{
    None,
    Gelu,
    SwiGlu
};

/** A matrix product with its prologue and epilogue, as raw pointers: the arguments of kernels::linear(). */
struct GpuLinear
{
    const float* x = nullptr; // row (b, t) at b · batchStride + t · rowStride
    std::int64_t rows = 0, rowsOfABatch = 0, batchStride = 0, rowStride = 0;
    std::int64_t k = 0, n = 0;
    bool inFours =
        false; // rows, norm, shift and scale can be read four inputs at a time, aligned to 16 bytes
    const void* weight = nullptr;
    GpuElement element = GpuElement::BFloat16;
    const float* channelScale = nullptr; // [n]
    const float* bias = nullptr;         // [n]
    bool normalise = false;
    const float* normWeight = nullptr; // [k]
    float eps = 0;
    const float *shift = nullptr, *scale = nullptr; // [M, k]
    std::int64_t modulationStride = 0;
    GpuActivation activation = GpuActivation::None;
    float* out = nullptr;      // [M, n], or [M, n / 2] with SwiGlu
    void* readyOut = nullptr;  // instead, bf16
    float* residual = nullptr; // if not null: += gate · out instead
    const float* gate = nullptr;
    std::int64_t gateStride = 0;  // 0: one row for all
    float* workspace = nullptr;   // split-K partial sums, workspaceFloats() of them
    unsigned* counters = nullptr; // gpuCounterCount zeros, and zeros again afterwards
    void* scratch = nullptr;      // the rows as bf16, for more than 8 rows: M · (k rounded up to 16)
    const void* ready = nullptr;  // instead of x: rows in bf16, to be taken as they are, each on 16 bytes
    std::int64_t readyWidth = 0;  // of a row, a multiple of 8
    std::int64_t readyBatchStride = 0, readyRowStride = 0;
};

/** Attention of one layer over KV stores. A table in device memory names them, so that a captured graph can be replayed at new
    positions: rows of {keys, values, capacity, position} as int64; keys and values are the store's addresses. */
struct GpuAttention
{
    bool bfloat16 = true; // type of the stores
    float* qkv = nullptr;
    std::int64_t rows = 0;
    int heads = 0, kvHeads = 0, dim = 0;
    const float *cosine = nullptr, *sine = nullptr;
    const std::int64_t* table = nullptr;
    std::int64_t layer = 0;
    bool append = false;          // each row has a store of its own; else rows may see earlier rows
    int splits = 0;               // of attentionSplit positions, enough for the longest row
    float* scratch = nullptr;     // rows · kvHeads · splits · (heads / kvHeads) · (dim + 2)
    unsigned* counters = nullptr; // zeros, and zeros again afterwards; rows · kvHeads of them
    void* out = nullptr;          // in the stores' type
};

/** A codec block over streams [streams, rows, channels] float32 (kernels::CodecBlockWeights says what it does). */
struct GpuCodecBlock
{
    const float* x = nullptr;
    float* out = nullptr;        // not x
    float* context = nullptr;    // [streams, gpuMixerTaps − 1, channels], carried to the next chunk
    const int* active = nullptr; // [streams]; null: all are active
    std::int64_t streams = 0, rows = 0;
    int channels = 0;
    const float *norm = nullptr, *mixer = nullptr, *mixerBias = nullptr, *gamma = nullptr, *ffnNorm = nullptr,
                *ffnGamma = nullptr;
    float eps = 0;
    void* ready =
        nullptr; // of codecMix: [streams, rows, channels] bf16, the rows of the up projection; or null
    const void *up = nullptr, *down = nullptr; // of the whole block: bf16 tiles
    const float *upBias = nullptr, *downBias = nullptr;
};

/** The arguments of kernels::extend(). */
struct GpuExtend
{
    const float* x = nullptr;
    float* context = nullptr;
    const int* active = nullptr;
    void* out = nullptr;
    bool rounded = false; // out is bf16
    std::int64_t streams = 0, rows = 0, columns = 0, channels = 0;
};

/** The arguments of kernels::rmsNorm(). */
struct GpuRmsNorm
{
    const float* x = nullptr;
    std::int64_t rows = 0, n = 0;
    const float* weight = nullptr; // [n]; null: 1
    float eps = 0;
    float* out = nullptr;
};

/** Where the samples of a batch go (kernels::GuidedRows): each to one row or, with guidance, two. */
struct GpuNoisyRows
{
    float* noisy = nullptr;          // [rows, width]
    const int* firstRows = nullptr;  // [requests]
    const float* guidance = nullptr; // [requests]
    std::int64_t requests = 0, width = 0;
};

/** The arguments of kernels::solverStep(). */
struct GpuSolverStep
{
    float *x = nullptr, *before = nullptr; // [requests, width]
    const float* v = nullptr;              // [rows, width]
    GpuNoisyRows rows {};
    float alpha = 0, sigma = 0, keep = 0, first = 0, second = 0;
};

/** Of this header and Device/Device.h, between engine and CUDA library: a change to either counts it up. */
inline constexpr int gpuAbi = 3;

inline constexpr std::int64_t gpuMixerTaps = 7;
inline constexpr std::int64_t gpuCounterCount = 1 << 18;
inline constexpr int gpuIndices = 128; // a GPU's index, as Torch counts, is less

/** The operations on a GPU, in a library of their own that is loaded where there is a GPU. Each is launched on `stream` and
    returns at once. All work on the calling thread's current GPU (c10::DeviceGuard), which is that of their tensors; each
    GPU has one such thread. */
struct GpuKernels
{
    int family; // gpuKernelFamily, as the library was compiled
    void* (*currentStream)();
    /** From now on this thread launches on a stream of its own, on which graphs can be captured. */
    void (*useOwnStream)();
    /** Waits until this thread's stream is idle. */
    void (*synchronise)();
    /** Captures what body (context) launches, without running it. @returns a graph for replay() and drop(). */
    void* (*capture) (void (*body) (void*), void* context);
    void (*replay) (void* graph);
    void (*drop) (void* graph);
    /** Starts to record what this thread issues with few rows (linear, attention, solver, codec), to run as one kernel. */
    void (*beginPersistentKernel)();
    /** Launches what has been recorded so far. The other kernels of this table do so before they are launched. */
    void (*flushPersistentKernel)();
    /** Ends recording, and drops what has not been launched. */
    void (*endPersistentKernel)();
    void (*linear) (const GpuLinear&, void* stream);
    /** For a call with rows, rowsOfABatch, k and n set. */
    std::int64_t (*workspaceFloats) (const GpuLinear&);
    void (*attention) (const GpuAttention&, void* stream);
    void (*rmsNorm) (const GpuRmsNorm&, void* stream);
    void (*silu) (const float* x, std::int64_t count, float* out, void* stream);
    /** The block up to its matrix products. @returns whether it has written `ready`: not with few columns, which use more
        multiprocessors without. */
    bool (*codecMix) (const GpuCodecBlock&, void* stream);
    /** The whole block. @returns false, and does nothing, for few columns or more channels than fit a multiprocessor. */
    bool (*codecBlock) (const GpuCodecBlock&, void* stream);
    void (*extend) (const GpuExtend&, void* stream);
    void (*spreadRows) (const float* x, const GpuNoisyRows&, void* stream);
    void (*solverStep) (const GpuSolverStep&, void* stream);
};

/** @throws Exception Internal if loadGpu() was not called. */
const GpuKernels& gpu();

/** Loads the library beside this program. @returns why not, in words, if there is no GPU, driver or library; empty if
    all is well. */
const char* loadGpu();
} // namespace tableread::engine::kernels
