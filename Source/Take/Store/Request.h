// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Core/Error.h"
#include "Script/SpokenLine.h"

namespace tableread
{
/** All that a take's samples depend on. */
struct TakeRequest
{
    std::vector<SpokenLine> lines;   // in this order, in one pass; each spoken by one of `voices`
    std::vector<std::string> voices; // hash of each speaker's recording; empty: the model invents the voice
    std::uint64_t seed = 0;
    std::optional<float> guidanceScale {}; // empty: the model's
    int steps = 10;
    std::string fingerprint {}; // of the engine (Assets/docs/Protocol.md)

    bool operator== (const TakeRequest&) const = default;

    /** contentHash() of the canonical request, which names the take: as JSON in UTF-8 without blanks, keys sorted. Only
        of one that check() accepts is it certain to be no other's. */
    std::string key() const;

    /** @returns InvalidInput or OutOfRange if no engine could have spoken it. */
    [[nodiscard]] Result<void> check() const;
};

nlohmann::json toJson (const TakeRequest& request);

/** The object is untrusted: everything is checked. @throws Exception */
TakeRequest takeRequestOf (const nlohmann::json& json);
} // namespace tableread
