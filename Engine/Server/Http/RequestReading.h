// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "Http/Beast.h"
#include "Server/Http/Exchange.h"
#include "Server/Http/Parsing/Head.h"

namespace tableread::engine
{
/** What a head says; its body, and who sent it, are not set. */
HttpRequest requestOf (const http::request_header<>& head);

/** Why a body cannot be read that may have so many bytes: it is too large, malformed or cut off. Nothing if the socket is at
    fault. */
std::optional<Refusal> bodyRefusal (const SystemError& error, std::size_t mostBytes);
} // namespace tableread::engine
