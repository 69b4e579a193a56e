// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "Server/Http/Parsing/Head.h"

namespace tableread::engine
{
/** Undoes a request's Content-Encoding: gzip, deflate or br; empty or "identity" is none.
    @returns 400 if the bytes are damaged or end early, 413 if more than `mostBytes` come out, 415 for another coding. */
[[nodiscard]] tl::expected<std::string, Refusal> decoded (std::string body, std::string_view coding,
                                                          std::size_t mostBytes);
} // namespace tableread::engine
