// SPDX-License-Identifier: Apache-2.0
#include "Project/File/CastFile.h"

#include <utility>

#include "Project/File/Fields.h"
#include "Project/File/Opening.h"
#include "Project/File/Schema.h"
#include "Project/File/Text.h"

namespace tableread::project
{
namespace
{
constexpr const char* castVersionField = "tableread_cast";

CastFile readCastFields (const nlohmann::json& json, const std::string& name)
{
    FieldReader root (json, {});
    std::uint64_t version = 0;
    std::string checksum;
    root.number (castVersionField, version);
    if (version == 0)
        root.refuse (castVersionField, "this is no cast");
    if (version > (std::uint64_t) castVersion)
        fail (ErrorCode::Unsupported, "was saved by a newer TableRead (cast " + std::to_string (version) +
                                          ", this one reads up to " + std::to_string (castVersion) +
                                          "). Install the newer version to open it.");
    root.text ("checksum", checksum);
    CastFile cast;
    root.list (
        "cast", cast.members, [] (const Member& member) { return keyOf (member); },
        [] (FieldReader& io, Member& member) { memberFields (io, member); });
    if (checksum != checksumOf (json))
        cast.notes.push_back (name + " was edited by hand, or is damaged. It was opened; look it over.");
    if (auto others = root.unknown(); ! others.isEmpty())
        cast.unknown = std::make_shared<const Unknown> (std::move (others));
    return cast;
}
} // namespace

Result<CastFile> parseCast (std::string_view text, const std::string& name)
{
    return opened<CastFile> (name, [&] { return readCastFields (parseJson (text, "it"), name); });
}

std::string toText (const CastFile& cast)
{
    TextField members { "cast", {}, "[]" };
    members.values.reserve (cast.members.size());
    for (const auto& member : cast.members)
    {
        FieldWriter writer (cast.unknown != nullptr ? cast.unknown->in ("cast/" + keyOf (member)) : nullptr);
        memberFields (writer, member);
        members.values.push_back (std::make_shared<const std::string> (compact (writer.take())));
    }
    std::vector<TextField> fields {
        { castVersionField, { std::make_shared<const std::string> (std::to_string (castVersion)) } },
        std::move (members)
    };
    if (cast.unknown != nullptr)
        for (const auto& [name, value] : cast.unknown->fields.items())
            fields.push_back ({ name, { std::make_shared<const std::string> (compact (value)) } });
    return toText (std::move (fields));
}

Result<CastFile> readCast (const std::filesystem::path& file)
{
    const auto bytes = readBytes (file);
    if (! bytes)
        return tl::unexpected (bytes.error());
    auto cast = parseCast (*bytes, file.string());
    if (! cast)
        return cast;
    std::error_code ignored;
    const auto folder = std::filesystem::absolute (file, ignored).parent_path();
    for (auto& member : cast->members)
        for (auto& mood : member.moods)
            if (! mood.relative.empty() && std::filesystem::is_regular_file (folder / mood.relative, ignored))
                mood.voice.path = (folder / mood.relative).lexically_normal();
    return cast;
}

Result<void> writeCast (const std::filesystem::path& file, const CastFile& cast, Existing existing)
{
    auto placed = cast;
    std::error_code ignored;
    const auto folder = std::filesystem::absolute (file, ignored).parent_path();
    for (auto& member : placed.members)
        for (auto& mood : member.moods)
            mood.relative = relativeTo (folder, mood.voice.path);
    return writeBytes (file, toText (placed), existing);
}
} // namespace tableread::project
