// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Format.h"

#include <cstdint>

#include "Core/JsonFields.h"
#include "Project/File/Opening.h"
#include "Project/File/ReadContent.h"
#include "Project/File/StateV1.h"

namespace tableread::project
{
namespace
{
using Json = nlohmann::json;

constexpr const char* versionField = "tableread_state";

std::uint64_t versionOf (const Json& json)
{
    const auto version = json.is_object() ? json.find (versionField) : json.end();
    if (version == json.end() || ! version->is_number_unsigned() || *version == 0u)
        fail (ErrorCode::InvalidInput, "it is not one of TableRead's");
    return version->get<std::uint64_t>();
}

Content contentOf (std::string_view text, const std::string& name)
{
    if (text.size() > mostFileBytes)
        fail (ErrorCode::InvalidInput, "it has " + std::to_string (text.size()) + " bytes, at most " +
                                           std::to_string (mostFileBytes) + " are possible");
    const auto json = parseJson (text, "it", { .depth = 32, .values = 2'000'000 });
    const auto version = versionOf (json);
    if (version > formatVersion)
        fail (ErrorCode::Unsupported, "was saved by a newer TableRead (version " + std::to_string (version) +
                                          ", this one reads up to " + std::to_string (formatVersion) +
                                          "). It is kept as it is. Install the newer version to open it.");
    return version == 1 ? contentOfV1 (json) : readContent (json, name);
}
} // namespace

Result<Content> parse (std::string_view text, const std::string& name)
{
    return opened<Content> (name, [&] { return contentOf (text, name); });
}

bool isProjectText (std::string_view head)
{
    const auto first = head.find_first_not_of (" \t\r\n");
    return first != std::string_view::npos && head[first] == '{' &&
           head.find (std::string (1, '"') + versionField + '"') != std::string_view::npos;
}
} // namespace tableread::project
