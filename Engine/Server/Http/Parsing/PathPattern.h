// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tableread::engine
{
/** Matches a request's path with a route's, in which one segment may be "{id}". @returns what stands for it, percent-decoded,
    and empty if the route has none; nothing if the path is another one, or if what stands there is empty, "." or "..",
    malformed, or has a slash or a control character. */
std::optional<std::string> matchPath (std::string_view route, std::string_view path);
} // namespace tableread::engine
