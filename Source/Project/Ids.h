// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace tableread::project
{
/** A number that a document gives once, from 1 on, and never again; 0: none. */
template <typename Tag>
struct Id
{
    std::uint64_t value = 0;

    constexpr auto operator<=> (const Id&) const = default;
    constexpr explicit operator bool() const { return value != 0; }
};

using LineId = Id<struct LineTag>;
using TakeId = Id<struct TakeTag>;
} // namespace tableread::project
