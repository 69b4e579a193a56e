// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tableread::engine
{
/** A metric's name with the engine's prefix. */
std::string metricName (std::string_view name);

/** Text as a label's value: UTF-8 without control characters, which would break the format for some of its readers.
    Quotes, backslashes and line ends are the library's business. */
std::string labelValue (std::string_view text);
} // namespace tableread::engine
