// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tableread::engine
{
/** The median and the range of several measurements. */
struct Spread
{
    double median = 0, least = 0, most = 0;
};

/** For any number of values; all zero if there are none. */
Spread spreadOf (std::vector<double> values);

nlohmann::json toJson (const Spread& spread);

/** "12.3 ms (12.1 to 13.0)", for the unit " ms" and one digit. */
std::string describe (const Spread& spread, const char* unit, int digits);
} // namespace tableread::engine
