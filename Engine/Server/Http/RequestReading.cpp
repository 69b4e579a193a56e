// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/RequestReading.h"

#include <string>
#include <string_view>

namespace tableread::engine
{
namespace
{
/** The path of a target in origin form ("/a?b") or absolute form ("http://engine/a"). */
std::string pathOf (std::string_view target)
{
    constexpr std::string_view scheme = "http://";
    if (target.substr (0, scheme.size()) == scheme)
    {
        const auto slash = target.find ('/', scheme.size());
        target = slash == std::string_view::npos ? "/" : target.substr (slash);
    }
    return std::string (target.substr (0, target.find_first_of ("?#")));
}

/** The host in a target in absolute form, which counts in place of the field. */
std::string_view hostIn (std::string_view target)
{
    constexpr std::string_view scheme = "http://";
    if (target.substr (0, scheme.size()) != scheme)
        return {};
    target.remove_prefix (scheme.size());
    return target.substr (0, target.find_first_of ("/?#"));
}
} // namespace

HttpRequest requestOf (const http::request_header<>& head)
{
    HttpRequest request;
    request.method = head.method() == http::verb::head ? "GET" : std::string (head.method_string());
    const std::string_view target (head.target().data(), head.target().size());
    request.path = pathOf (target);
    for (const auto& field : head)
        request.fields.emplace_back (field.name_string(), field.value());
    request.takesTrailers = head.version() != 10 && http::token_list (head["TE"]).exists ("trailers");
    request.host = hostIn (target).empty() ? request.field ("Host") : hostIn (target);
    return request;
}

std::optional<Refusal> bodyRefusal (const SystemError& error, std::size_t mostBytes)
{
    if (error == http::error::body_limit)
        return Refusal { 413, "its body has more than " + std::to_string (mostBytes) + " bytes" };
    if (error == http::error::partial_message || error == http::error::end_of_stream)
        return Refusal { 400, "it ends before its body does" };
    if (error.category() == http::make_error_code (http::error::bad_chunk).category())
        return Refusal { 400, "its body is not divided into chunks as it should be" };
    return {};
}
} // namespace tableread::engine
