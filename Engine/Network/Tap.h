// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <string>

namespace tableread::engine
{
/** Sees every intermediate tensor of a generation under its name in golden.py, and may replace it. Replay compares
    with it, and forces the teacher's values so that errors do not feed back. A render has no tap. */
class Tap
{
public:
    virtual ~Tap() = default;
    virtual void see (const std::string& name, at::Tensor& value) = 0;
};

inline void tap (Tap* to, const std::string& name, at::Tensor& value)
{
    if (to != nullptr)
        to->see (name, value);
}
} // namespace tableread::engine
