// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/PromptSums.h"

#include "Render/FramePart.h"

namespace tableread::engine
{
namespace
{
using Kind = ProfileSpan::Kind;

double quotient (double a, double b)
{
    return b > 0 ? a / b : 0.0;
}
} // namespace

double PromptSums::Operation::multiplyAddsPerSecond() const
{
    return quotient (1000.0 * static_cast<double> (multiplyAdds), ms);
}

double PromptSums::attentionToProducts() const
{
    return quotient (attention.multiplyAddsPerSecond(), products.multiplyAddsPerSecond());
}

PromptSums promptSumsOf (std::span<const ProfileSpan> spans)
{
    PromptSums sums;
    double end = 0; // of the last prompt
    for (const auto& span : spans)
        if (span.kind == Kind::Part && partOf (span) == FramePart::Prompt)
        {
            sums.ms += span.ms();
            end = span.endMs;
        }
        else if ((span.kind == Kind::Attention || span.kind == Kind::Products) && span.endMs <= end)
        {
            auto& operation = span.kind == Kind::Attention ? sums.attention : sums.products;
            operation.ms += span.ms();
            operation.multiplyAdds += span.multiplyAdds;
        }
    return sums;
}
} // namespace tableread::engine
