// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Fields.h"

#include <array>
#include <charconv>
#include <cstdio>

#include "Core/ContentHash.h"

namespace tableread::project
{
namespace
{
constexpr std::size_t colourDigits = 6;
constexpr double furthestSeconds = 1e6, furthestQuarters = 1e7;

bool areHexDigits (std::string_view text)
{
    return text.find_first_not_of ("0123456789abcdef") == std::string_view::npos;
}

/** A float as the shortest decimal that is read as the same one: 1.3, not 1.2999999523162842. */
double decimalOf (float value)
{
    std::array<char, 32> text {};
    const auto end = std::to_chars (text.data(), text.data() + text.size(), value).ptr;
    double decimal = 0;
    std::from_chars (text.data(), end, decimal);
    return (float) decimal == value ? decimal : (double) value;
}
} // namespace

std::string inQuotes (const std::string& text)
{
    constexpr std::size_t most = 100;
    const nlohmann::json shown = text.size() > most ? text.substr (0, most) + "…" : text;
    return shown.dump (-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

FieldReader::FieldReader (const Json& object, std::string at)
    : source (object)
    , place (std::move (at))
    , fields (object, place)
{}

void FieldReader::refuse (const std::string& name, const std::string& why) const
{
    fail (ErrorCode::InvalidInput, why, place + name);
}

void FieldReader::text (const char* name, std::string& value)
{
    asked.emplace_back (name);
    value = fields.text (name, std::move (value));
}

void FieldReader::path (const char* name, std::filesystem::path& value)
{
    auto written = value.string();
    text (name, written);
    if (written.find ('\0') != std::string::npos)
        refuse (name, "a path has no zero byte");
    value = written;
}

void FieldReader::hash (const char* name, std::string& value)
{
    text (name, value);
    if (! value.empty() && ! isContentHash (value))
        refuse (name, "a hash of 32 hexadecimal digits is expected here");
}

void FieldReader::flag (const char* name, bool& value, bool otherwise)
{
    asked.emplace_back (name);
    value = fields.find (name) != nullptr ? fields.flag (name) : otherwise;
}

void FieldReader::number (const char* name, std::uint64_t& value)
{
    asked.emplace_back (name);
    if (fields.find (name) != nullptr)
        value = fields.seed (name);
}

void FieldReader::real (const char* name, double& value, double least, double most)
{
    asked.emplace_back (name);
    value = fields.real (name, value, least, most);
}

void FieldReader::real (const char* name, std::optional<float>& value, float least, float most)
{
    asked.emplace_back (name);
    if (fields.find (name) != nullptr)
        value = fields.number (name, least, least, most);
}

void FieldReader::colour (const char* name, std::uint32_t& value)
{
    std::string written;
    text (name, written);
    if (written.empty())
        return;
    const auto digits = std::string_view (written).substr (1);
    if (written.front() != '#' || digits.size() != colourDigits || ! areHexDigits (digits))
        refuse (name, "a colour such as \"#ff8800\" is expected here");
    std::from_chars (digits.data(), digits.data() + digits.size(), value, 16);
}

void FieldReader::anchor (const char* name, std::optional<Anchor>& value)
{
    object (name, [&] (FieldReader& reader) {
        AtSeconds seconds;
        AtBeats beats;
        const bool hasSeconds = reader.fields.find ("seconds") != nullptr;
        if (hasSeconds == (reader.fields.find ("quarters") != nullptr))
            refuse (name, "an anchor has either \"seconds\" or \"quarters\"");
        reader.real ("seconds", seconds.seconds, -furthestSeconds, furthestSeconds);
        reader.real ("quarters", beats.quarters, -furthestQuarters, furthestQuarters);
        value = hasSeconds ? Anchor (seconds) : Anchor (beats);
    });
}

void FieldReader::texts (const char* name, std::vector<std::string>& values)
{
    asked.emplace_back (name);
    for (const auto& entry : fields.list (name, mostEntries))
    {
        if (! entry.is_string())
            refuse (std::string (name) + '[' + std::to_string (values.size()) + ']',
                    "a string is expected here");
        values.push_back (entry.get<std::string>());
    }
}

const FieldReader::Json* FieldReader::find (const char* name)
{
    asked.emplace_back (name);
    return fields.find (name);
}

Unknown FieldReader::unknown() const
{
    Unknown result { Json::object(), inner };
    for (const auto& [name, value] : source.items())
        if (std::find (asked.begin(), asked.end(), name) == asked.end())
            result.fields[name] = value;
    return result;
}

void FieldReader::keep (const std::string& key, const FieldReader& reader)
{
    if (auto others = reader.unknown(); ! others.isEmpty())
        inner.emplace (key, std::move (others));
}

void FieldReader::refuseTwins (const char* name, std::vector<std::string> keys) const
{
    std::sort (keys.begin(), keys.end());
    if (const auto twin = std::adjacent_find (keys.begin(), keys.end()); twin != keys.end())
        refuse (name, inQuotes (*twin) + " is there twice");
}

void FieldWriter::text (const char* name, const std::string& value)
{
    if (! value.empty())
        made[name] = value;
}

void FieldWriter::flag (const char* name, bool value, bool otherwise)
{
    if (value != otherwise)
        made[name] = value;
}

void FieldWriter::number (const char* name, std::uint64_t value)
{
    if (value != 0)
        made[name] = value;
}

void FieldWriter::real (const char* name, double value, double, double)
{
    if (value != 0.0)
        made[name] = value;
}

void FieldWriter::real (const char* name, const std::optional<float>& value, float, float)
{
    if (value)
        made[name] = decimalOf (*value);
}

void FieldWriter::colour (const char* name, std::uint32_t value)
{
    if (value == 0)
        return;
    std::array<char, 16> text {};
    std::snprintf (text.data(), text.size(), "#%06x", value & 0xffffffu);
    made[name] = text.data();
}

void FieldWriter::anchor (const char* name, const std::optional<Anchor>& value)
{
    if (! value)
        return;
    FieldWriter writer (of (name));
    if (const auto* seconds = std::get_if<AtSeconds> (&*value))
        writer.made["seconds"] = seconds->seconds;
    else
        writer.made["quarters"] = std::get<AtBeats> (*value).quarters;
    made[name] = writer.take();
}

FieldWriter::Json FieldWriter::take()
{
    if (unknown != nullptr)
        for (const auto& [name, value] : unknown->fields.items())
            if (! made.contains (name))
                made[name] = value;
    return std::move (made);
}
} // namespace tableread::project
