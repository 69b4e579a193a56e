// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "Server/Http/Parsing/Head.h"

namespace tableread::engine
{
/** One field of a form. The name of a file is not kept: nothing may depend on what a client calls it. */
struct FormPart
{
    std::string name;
    std::string_view content; // in the body that was parsed
};

struct MultipartLimits
{
    std::size_t parts = 16;
    std::size_t headBytes = 4'096; // of each part
};

/** The boundary that divides a form, from its Content-Type. @returns 415 for a type other than multipart/form-data, 400
    if there is no usable boundary. */
[[nodiscard]] tl::expected<std::string, Refusal> boundaryOf (std::string_view contentType);

/** Divides a form (RFC 7578) into its parts, in one pass and without copying them.

    Strict on purpose, like HeadScanner: a form begins and ends with its boundary, each line of a part's head ends with CR
    LF, and each part has one name. Only the line end behind the last boundary may be missing.
    @returns 400 */
[[nodiscard]] tl::expected<std::vector<FormPart>, Refusal>
parseMultipart (const std::string& boundary, std::string_view body, const MultipartLimits& limits = {});
} // namespace tableread::engine
