// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Kernels/Gpu/Device.h"

namespace tableread::engine::kernels
{
/** How a GPU matrix is stored. All but Float32 are in tiles of 16 outputs by 16 inputs, in the order in which the lanes
    of a warp hold a tensor-core operand, so that each lane reads its part of a tile at once. */
enum class GpuElement
{
    Float32, // [n, k] as it is: to compare with the CPU, not for speed
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

/** One product with what goes before and after it, as raw pointers: kernels::linear's arguments. */
struct GpuLinear
{
    const float* x = nullptr; // row (b, t) at b · batchStride + t · rowStride
    std::int64_t rows = 0, rowsOfABatch = 0, batchStride = 0, rowStride = 0;
    std::int64_t k = 0, n = 0;
    bool inFours =
        false; // rows, norm, shift and scale can be read four inputs at a time: 16 bytes, on 16 bytes
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
    float* workspace = nullptr;   // sums of the parts of k, workspaceFloats() of them
    unsigned* counters = nullptr; // zeros, and zeros again afterwards; counterCount of them
    void* scratch = nullptr;      // the rows as bf16, for more than 8 rows: M · (k rounded up to 16)
    const void* ready = nullptr;  // instead of x: rows in bf16, to be taken as they are, each on 16 bytes
    std::int64_t readyWidth = 0;  // of a row, a multiple of 8
    std::int64_t readyBatchStride = 0, readyRowStride = 0;
};

/** Attention of one layer over KV stores that a table in device memory names, so that a captured graph finds new
    positions: rows of {keys, values, capacity, position} as int64, keys and values being the store's addresses. */
struct GpuAttention
{
    bool bfloat16 = true; // type of the stores
    float* qkv = nullptr;
    std::int64_t rows = 0;
    int heads = 0, kvHeads = 0, dim = 0;
    const float *cosine = nullptr, *sine = nullptr;
    const std::int64_t* table = nullptr;
    std::int64_t layer = 0;
    bool append = false;          // each row has a store of its own; else rows may see those before them
    int parts = 0;                // of attentionSplit positions, enough for the longest row
    float* scratch = nullptr;     // rows · kvHeads · parts · (heads / kvHeads) · (dim + 2)
    unsigned* counters = nullptr; // zeros, and zeros again afterwards; rows · kvHeads of them
    void* out = nullptr;          // in the stores' type
};

/** A codec block over streams [streams, rows, channels] float32 (kernels::CodecBlockWeights says what it does). */
struct GpuCodecBlock
{
    const float* x = nullptr;
    float* out = nullptr;        // not x
    float* context = nullptr;    // [streams, gpuMixerTaps − 1, channels], goes on to the next chunk
    const int* active = nullptr; // [streams]; null: all go on
    std::int64_t streams = 0, rows = 0;
    int channels = 0;
    const float *norm = nullptr, *mixer = nullptr, *mixerBias = nullptr, *gamma = nullptr, *ffnNorm = nullptr,
                *ffnGamma = nullptr;
    float eps = 0;
    void* ready =
        nullptr; // of the mix: [streams, rows, channels] bf16, what the block's first product takes; or null
    const void *up = nullptr, *down = nullptr; // of the whole block: bf16 tiles
    const float *upBias = nullptr, *downBias = nullptr;
};

/** kernels::extend's arguments. */
struct GpuExtend
{
    const float* x = nullptr;
    float* context = nullptr;
    const int* active = nullptr;
    void* out = nullptr;
    bool rounded = false; // out is bf16
    std::int64_t streams = 0, rows = 0, columns = 0, channels = 0;
};

inline constexpr std::int64_t gpuMixerTaps = 7;
inline constexpr std::int64_t gpuCounterCount = 1 << 18;

/** The GPU twins of the kernels, in a library of their own that is loaded where there is a GPU. Each is issued on
    `stream` and returns at once. */
struct GpuKernels
{
    void* (*currentStream)();
    /** From now on this thread's work goes to a stream of its own, which graphs can be captured on. */
    void (*useOwnStream)();
    /** Waits until this thread's stream has done all that was issued. */
    void (*synchronise)();
    /** Records what body (context) issues, without doing it. @returns a graph for replay() and drop(). */
    void* (*capture) (void (*body) (void*), void* context);
    void (*replay) (void* graph);
    void (*drop) (void* graph);
    /** From here to endChain() what this thread issues with few rows (products, attention, solver, codec) is gathered, to
        run as one kernel. */
    void (*beginChain)();
    /** Issues what is gathered so far. Other kernels of this table do so by themselves before they are issued. */
    void (*runChain)();
    /** Drops what is gathered still. */
    void (*endChain)();
    void (*linear) (const GpuLinear&, void* stream);
    /** For a call of which rows, k and n are known. */
    std::int64_t (*workspaceFloats) (const GpuLinear&);
    void (*attention) (const GpuAttention&, void* stream);
    void (*rmsNorm) (const float* x, std::int64_t rows, std::int64_t n, const float* weight, float eps,
                     float* out, void* stream);
    void (*silu) (const float* x, std::int64_t count, float* out, void* stream);
    /** The block up to its products. @returns whether the rows are ready, too: not where few columns spread better over
        the multiprocessors without. */
    bool (*codecMix) (const GpuCodecBlock&, void* stream);
    /** The whole block. @returns false, and does nothing, for more channels than stay in a multiprocessor. */
    bool (*codecBlock) (const GpuCodecBlock&, void* stream);
    void (*extend) (const GpuExtend&, void* stream);
    void (*spreadRows) (const float* x, float* noisy, const int* firstRows, const float* guidance,
                        std::int64_t requests, std::int64_t width, void* stream);
    void (*solverStep) (float* x, float* before, const float* v, float* noisy, const int* firstRows,
                        const float* guidance, std::int64_t requests, std::int64_t width,
                        const float* fiveCoefficients, void* stream);
    GpuDevice device;
};

/** @throws Exception Internal if loadGpu() was not called. */
const GpuKernels& gpu();

/** Loads the library beside this program. @returns why not, in words, if there is no GPU, driver or library; empty if
    all is well. */
const char* loadGpu();
} // namespace tableread::engine::kernels
