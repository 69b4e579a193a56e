// SPDX-License-Identifier: Apache-2.0
#include "Bench/Percentiles.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace tableread::test
{
Percentiles percentilesOf (std::vector<double> values)
{
    if (values.empty())
        return {};
    std::sort (values.begin(), values.end());
    const auto rank = [&values] (std::size_t hundredths) {
        return values[(values.size() * hundredths + 99) / 100 - 1];
    };
    return { values.size(), rank (50), rank (95), rank (99), values.back() };
}

nlohmann::json toJson (const Percentiles& percentiles)
{
    return { { "count", percentiles.count },
             { "p50", percentiles.p50 },
             { "p95", percentiles.p95 },
             { "p99", percentiles.p99 },
             { "max", percentiles.most } };
}
} // namespace tableread::test
