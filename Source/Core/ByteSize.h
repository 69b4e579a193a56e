// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tableread
{
/** "10GB", "9.5 GiB", "800M": GB and MB are powers of ten, GiB and MiB of two.
    @returns empty if it is not a size above 0 with its unit. */
std::optional<std::int64_t> parseBytes (const std::string& text);
} // namespace tableread
