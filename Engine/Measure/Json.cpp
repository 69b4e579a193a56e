// SPDX-License-Identifier: Apache-2.0
#include "Measure/Json.h"

#include <string>

#include <fmt/format.h>

namespace tableread::engine
{
double decimal (float value)
{
    return std::stod (fmt::format ("{}", value));
}
} // namespace tableread::engine
