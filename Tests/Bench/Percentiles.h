// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tableread::test
{
/** What is said about many measured times; all zero if there are none. */
struct Percentiles
{
    std::size_t count = 0;
    double p50 = 0, p95 = 0, p99 = 0, most = 0;
};

/** By nearest rank, so each is one of the values: p95 is the least that 95 of 100 values do not exceed. */
Percentiles percentilesOf (std::vector<double> values);

nlohmann::json toJson (const Percentiles& percentiles);
} // namespace tableread::test
