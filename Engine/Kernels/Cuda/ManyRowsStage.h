// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Copies.h"
#include "Kernels/Cuda/Tiles.h"

namespace tableread::engine::kernels
{
namespace
{
/** What a block of threads multiplies: its warps stand four along the outputs and two along the rows, each with WM tiles of
    outputs and WR tiles of eight rows. Three stages fit twice into a large GPU's multiprocessor, once into any. */
template <GpuElement E, int WM, int WR>
struct WideShape
{
    static constexpr int along = 4, across = warps / along;
    static constexpr int tiles = along * WM, rowsOfAWarp = WR * 8, rows = across * rowsOfAWarp;
    static constexpr int steps = 4, depth = steps * tileDepth; // inputs that come into shared memory together
    static constexpr int stages = 3;                           // of which two are on their way
    static constexpr int tileBytes = tileLanes * (int) sizeof (typename Raw<E>::Type);
    static constexpr int weightBytes = tiles * steps * tileBytes, rowBytes = depth * 2,
                         stageBytes = weightBytes + rows * rowBytes;
    static constexpr int endPitch = tileOutputs + 4; // so that the lanes of a warp meet all banks
    static constexpr int endBytes = warps * rowsOfAWarp * endPitch * 4; // a tile of each warp's sums
    static constexpr int sharedBytes = stages * stageBytes > endBytes ? stages* stageBytes : endBytes;
};

/** Brings chunks of weights and rows into shared memory. A row's pieces of 16 bytes lie in another order in each of eight
    rows, so that reading the same inputs of them meets all banks. */
template <GpuElement E, int WM, int WR>
class WideStage
{
public:
    using Shape = WideShape<E, WM, WR>;

    /** Chunks begin … end − 1. */
    __device__ WideStage (const GpuLinear& a, unsigned char* memory, int begin, int end)
        : shared (memory)
        , nothing (a.ready)
        , inputs ((int) a.readyWidth)
        , last (end)
        , tilesLeft ((int) ((a.n + tileOutputs - 1) / tileOutputs) - (int) blockIdx.y * Shape::tiles)
        , tileStride ((std::int64_t) ((a.k + stepDepth - 1) / stepDepth) * warps * Shape::tileBytes) // packed
        , weights (static_cast<const unsigned char*> (a.weight) +
                   ((std::int64_t) blockIdx.y * Shape::tiles + threadIdx.x / ofATile) * tileStride +
                   begin * Shape::steps * Shape::tileBytes + threadIdx.x % ofATile * 16)
    {
#pragma unroll
        for (int i = 0; i < rowPieces; ++i)
        {
            const std::int64_t row =
                (std::int64_t) blockIdx.x * Shape::rows + threadIdx.x / ofARow + i * rowsAtOnce;
            rows[i] = row < a.rows ? readyRow (a, row) + threadIdx.x % ofARow * 8 : nullptr;
        }
    }

    /** Of one chunk after the other, from the first. */
    __device__ void requestWeights (int chunk)
    {
        if (chunk >= last)
            return;
#pragma unroll
        for (int i = 0; i < weightPieces; ++i)
            if ((int) threadIdx.x / ofATile + i * tilesAtOnce < tilesLeft)
                copyAsync<16> (place (chunk) + (threadIdx.x + i * threads) * 16,
                               weights + i * tilesAtOnce * tileStride);
        weights += Shape::steps * Shape::tileBytes;
    }

    /** Ends a group of copies, also behind the last chunk. */
    __device__ void requestRows (int chunk) const
    {
        if (chunk < last)
#pragma unroll
            for (int i = 0; i < rowPieces; ++i)
            {
                const int row = (int) threadIdx.x / ofARow + i * rowsAtOnce,
                          piece = (int) threadIdx.x % ofARow;
                const bool isThere = rows[i] != nullptr && chunk * Shape::depth + piece * 8 < inputs;
                copyAsyncOrZeros (place (chunk) + Shape::weightBytes + row * Shape::rowBytes +
                                      (piece ^ row % ofARow) * 16,
                                  isThere ? rows[i] + chunk * Shape::depth : nothing, isThere);
            }
        endGroup();
    }

    /** A lane's part of a tile, of those of the block. */
    __device__ Fragment tile (int chunk, int index, int step) const
    {
        return expand<E> (reinterpret_cast<const typename Raw<E>::Type*> (
            place (chunk) + (index * Shape::steps + step) * Shape::tileBytes)[threadIdx.x % 32]);
    }

    /** Of 16 rows from `first` on, as twoRowTiles() gives them. */
    __device__ Fragment rowTiles (int chunk, int first, int step) const
    {
        const int lane = (int) threadIdx.x % 32, row = first + lane / 16 * 8 + lane % 8;
        return matrices (reinterpret_cast<const __nv_bfloat16*> (
            place (chunk) + Shape::weightBytes + row * Shape::rowBytes +
            ((step * 2 + lane / 8 % 2) ^ lane % 8) * 16));
    }

private:
    static constexpr int ofATile = Shape::steps * Shape::tileBytes / 16,
                         ofARow = Shape::rowBytes / 16; // pieces
    static constexpr int tilesAtOnce = threads / ofATile, weightPieces = Shape::tiles / tilesAtOnce;
    static constexpr int rowsAtOnce = threads / ofARow, rowPieces = Shape::rows / rowsAtOnce;
    static_assert (ofARow == 8 && rowPieces > 0 && weightPieces > 0);

    __device__ unsigned char* place (int chunk) const
    {
        return shared + chunk % Shape::stages * Shape::stageBytes;
    }

    unsigned char* shared;
    const void* nothing;
    int inputs, last, tilesLeft;
    std::int64_t tileStride;
    const unsigned char* weights;
    const __nv_bfloat16* rows[rowPieces];
};
} // namespace
} // namespace tableread::engine::kernels
