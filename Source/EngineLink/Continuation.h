// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "Take/Take.h"

namespace tableread
{
/** Passes the speech of one attempt on to its take, except for the part that the take already has from an earlier one:
    that part must be the same bit for bit. */
class Continuation
{
public:
    explicit Continuation (Take& target) : take (target), known (target.audio().rendered()) {}

    void add (std::span<const float> speech);

    bool isSame() const { return same; }                    // the repeated part was the same
    bool reachedKnown() const { return position >= known; } // all that the take already had was repeated
    bool fits() const { return whole; }                     // the take had room for everything
    bool broughtNew() const { return take.audio().rendered() > known; }

private:
    Take& take;
    std::int64_t known;
    std::int64_t position = 0;
    bool same = true, whole = true;
    std::array<float, 1024> before {};
};
} // namespace tableread
