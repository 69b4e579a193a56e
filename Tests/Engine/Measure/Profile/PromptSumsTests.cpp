// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/PromptSums.h"

#include <vector>

#include <catch2/catch.hpp>

#include "Render/FramePart.h"

using namespace tableread::engine;

namespace
{
using Kind = ProfileSpan::Kind;

/** A part of 10 ms: 2 ms of products, 5 ms of attention, 2 ms of products, a tenth of a layer each. */
void addPart (std::vector<ProfileSpan>& spans, FramePart part, double at)
{
    spans.push_back ({ .kind = Kind::Part, .part = numberOf (part), .beginMs = at, .endMs = at + 10 });
    spans.push_back ({ .kind = Kind::Products, .multiplyAdds = 3000, .beginMs = at, .endMs = at + 2 });
    spans.push_back ({ .kind = Kind::Attention, .multiplyAdds = 10'000, .beginMs = at + 2, .endMs = at + 7 });
    spans.push_back ({ .kind = Kind::Products, .multiplyAdds = 13'000, .beginMs = at + 7, .endMs = at + 9 });
}
} // namespace

TEST_CASE ("The sums of prompts hold what was recorded in them, in pieces too, and in no other part",
           "[engine][command][profile]")
{
    std::vector<ProfileSpan> spans;
    addPart (spans, FramePart::Prompt, 100);
    addPart (spans, FramePart::LanguageModel, 110);
    addPart (spans, FramePart::Prompt, 130);
    const auto sums = promptSumsOf (spans);
    CHECK (sums.isDivided());
    CHECK (sums.ms == Approx (20));
    CHECK (sums.attention.ms == Approx (10));
    CHECK (sums.attention.multiplyAdds == 20'000);
    CHECK (sums.attention.multiplyAddsPerSecond() == Approx (2e6));
    CHECK (sums.products.ms == Approx (8));
    CHECK (sums.products.multiplyAdds == 32'000);
    CHECK (sums.products.multiplyAddsPerSecond() == Approx (4e6));
    CHECK (sums.attentionToProducts() == Approx (0.5));
}

TEST_CASE ("Without records of attention and products a prompt has only its time",
           "[engine][command][profile]")
{
    const std::vector<ProfileSpan> spans {
        { .kind = Kind::Part, .part = numberOf (FramePart::Prompt), .endMs = 7 }
    };
    const auto sums = promptSumsOf (spans);
    CHECK_FALSE (sums.isDivided());
    CHECK (sums.ms == Approx (7));
    CHECK (sums.attentionToProducts() == 0);
    CHECK (promptSumsOf ({}).ms == 0);
}
