// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "Kernels/Parallel.h"

namespace tableread::engine::kernels
{
/** Calls body (first row, rows) for ranges of the rows of [rows, n], on all threads; a range has about 16384 values or more. */
template <typename Body>
void forRows (std::int64_t rows, std::int64_t n, Body&& body)
{
    constexpr std::int64_t valuesOfARange = 16384;
    parallelFor (rows, std::max<std::int64_t> (1, valuesOfARange / n),
                 [&] (std::int64_t begin, std::int64_t end) { body (begin, end - begin); });
}
} // namespace tableread::engine::kernels
