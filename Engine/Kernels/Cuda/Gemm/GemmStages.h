// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/AsyncCopy.h"
#include "Kernels/Cuda/Gemm/Tiles.h"

namespace tableread::engine::kernels
{
namespace
{
/** The tile of a block: four warps along the outputs and two along the rows, each with WM tiles of outputs and WR tiles of eight
    rows. On a large GPU a multiprocessor has room for two blocks of three stages, on any for one. */
template <GpuElement E, int WM, int WR>
struct GemmShape
{
    static constexpr int along = 4, across = warps / along;
    static constexpr int tiles = along * WM, rowsOfAWarp = WR * 8, rows = across * rowsOfAWarp;
    static constexpr int steps = 4, depth = steps * tileDepth; // inputs of a stage
    static constexpr int stages = 3;                           // of which two are in flight
    static constexpr int tileBytes = tileLanes * (int) sizeof (typename Raw<E>::Type);
    static constexpr int weightBytes = tiles * steps * tileBytes, rowBytes = depth * 2,
                         stageBytes = weightBytes + rows * rowBytes;
    static constexpr int sumsPitch = tileOutputs + 4;                     // avoids bank conflicts
    static constexpr int sumsBytes = warps * rowsOfAWarp * sumsPitch * 4; // a tile of sums for each warp
    static constexpr int sharedBytes = stages * stageBytes > sumsBytes ? stages* stageBytes : sumsBytes;
};

/** The pipeline of stages in shared memory, filled with chunks of `depth` inputs by asynchronous copies. The 16-byte pieces of a
    row are swizzled (exclusive or with the row's index), which avoids bank conflicts. */
template <GpuElement E, int WM, int WR>
class GemmStages
{
public:
    using Shape = GemmShape<E, WM, WR>;

    /** Chunks begin … end − 1. */
    __device__ GemmStages (const GpuLinear& a, unsigned char* memory, int begin, int end)
        : shared (memory)
        , source (a.ready)
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

    /** Starts the copy of the next chunk's weights; called for one chunk after another, from the first. */
    __device__ void loadWeights (int chunk)
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

    /** Starts the copy of a chunk's rows and commits a group, also behind the last chunk. */
    __device__ void loadRows (int chunk) const
    {
        if (chunk < last)
#pragma unroll
            for (int i = 0; i < rowPieces; ++i)
            {
                const int row = (int) threadIdx.x / ofARow + i * rowsAtOnce,
                          piece = (int) threadIdx.x % ofARow;
                const bool exists = rows[i] != nullptr && chunk * Shape::depth + piece * 8 < inputs;
                copyAsyncOrZeros (place (chunk) + Shape::weightBytes + row * Shape::rowBytes +
                                      (piece ^ row % ofARow) * 16,
                                  exists ? rows[i] + chunk * Shape::depth : source, exists);
            }
        commitGroup();
    }

    /** The A operand of a tile of the block. */
    __device__ Fragment tile (int chunk, int index, int step) const
    {
        return expand<E> (reinterpret_cast<const typename Raw<E>::Type*> (
            place (chunk) + (index * Shape::steps + step) * Shape::tileBytes)[threadIdx.x % 32]);
    }

    /** The B operands of 16 rows from `first` on, as of twoRowTiles(). */
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
    const void* source;
    int inputs, last, tilesLeft;
    std::int64_t tileStride;
    const unsigned char* weights;
    const __nv_bfloat16* rows[rowPieces];
};
} // namespace
} // namespace tableread::engine::kernels
