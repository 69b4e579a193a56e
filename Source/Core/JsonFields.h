// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "Core/Error.h"

namespace tableread
{
/** How much an untrusted text may hold. */
struct JsonLimits
{
    int depth = 32; // objects and lists within each other
    std::size_t values = 100'000;
};

/** Parses untrusted text. @throws Exception InvalidInput, with `what` in its sentence, if it is not JSON or exceeds the
    limits. */
nlohmann::json parseJson (std::string_view text, const char* what, const JsonLimits& limits = {});

/** Reads the fields of one untrusted JSON object. A missing or null field has its default; one of
    another type or out of range throws an Exception whose Error names the field as `prefix + name`. */
class JsonFields
{
public:
    using Json = nlohmann::json;

    /** @param prefix the object's own path, "tableread.voices[2]." or empty. Keeps a reference to `source`. */
    JsonFields (const Json& source, std::string prefix);

    std::string text (const char* name, std::string otherwise = {}) const;
    std::int64_t integer (const char* name, std::int64_t otherwise, std::int64_t least,
                          std::int64_t most) const;
    std::uint64_t seed (const char* name) const;
    float number (const char* name, float otherwise, float least, float most) const;
    double real (const char* name, double otherwise, double least, double most) const;
    bool flag (const char* name) const;

    /** A list of at most `most` entries; an empty list if the field is missing. */
    const Json& list (const char* name, std::size_t most) const;

    /** The field itself, or null. */
    const Json* find (const char* name) const;

private:
    [[noreturn]] void refuse (const char* name, const char* expected, const Json& got) const;

    const Json& object;
    std::string path;
};

/** Reads what others wrote: runs `read` on the parsed text and turns its exceptions into an Error. */
template <typename T, typename Read>
Result<T> readJson (std::string_view text, const char* what, std::size_t mostBytes, Read&& read)
{
    if (text.size() > mostBytes)
        return tl::unexpected (Error { ErrorCode::OutOfRange,
                                       std::string (what) + " of " + std::to_string (text.size()) +
                                           " bytes, at most " + std::to_string (mostBytes) + " are allowed",
                                       {} });
    try
    {
        T result;
        read (parseJson (text, what), result);
        return result;
    }
    catch (const Exception& problem)
    {
        return tl::unexpected (problem.error);
    }
}
} // namespace tableread
