// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tableread
{
/** What one speaker says without a break, as passed from the script to the model's prompt. */
struct SpokenLine
{
    int speaker = 0;  // index into the speakers of the script or passage that the line is in
    std::string text; // UTF-8

    bool operator== (const SpokenLine&) const = default;
};
} // namespace tableread
