// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "Offload/Profile.h"

namespace tableread::engine
{
/** What was done for the prompts of all passages; on a GPU it is not known what took how long. */
struct PromptSums
{
    struct Operation
    {
        double ms = 0;
        std::int64_t multiplyAdds = 0;

        double multiplyAddsPerSecond() const;
    };

    double ms = 0; // of all that was done
    Operation attention, products;

    /** Whether it is known what took how long. */
    bool isDivided() const { return attention.ms > 0 && products.ms > 0; }

    /** Attention's multiply-adds a second, as a fraction of those of the products. */
    double attentionToProducts() const;
};

/** Adds up what was recorded in prompts. spans: ordered by begin. */
PromptSums promptSumsOf (std::span<const ProfileSpan> spans);
} // namespace tableread::engine
