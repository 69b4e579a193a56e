// SPDX-License-Identifier: Apache-2.0
#include "Measure/Spread.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tableread::engine
{
Spread spreadOf (std::vector<double> values)
{
    if (values.empty())
        return {};
    std::sort (values.begin(), values.end());
    const auto half = values.size() / 2;
    const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
    return { median, values.front(), values.back() };
}

nlohmann::json toJson (const Spread& spread)
{
    return { { "median", spread.median }, { "min", spread.least }, { "max", spread.most } };
}

std::string describe (const Spread& spread, const char* unit, int digits)
{
    return fmt::format ("{:.{}f}{} ({:.{}f} to {:.{}f})", spread.median, digits, unit, spread.least, digits,
                        spread.most, digits);
}
} // namespace tableread::engine
