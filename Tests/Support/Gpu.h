// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Gpu/Kernels.h"

namespace tableread::test
{
inline const at::Device cuda (at::kCUDA, 0);

/** Fails the test that needs a GPU where there is none. */
inline void needGpu()
{
    INFO (engine::kernels::loadGpu());
    REQUIRE (std::string (engine::kernels::loadGpu()).empty());
}
} // namespace tableread::test
