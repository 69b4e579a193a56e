// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/ConfigSection.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

#include "Checkpoint/Safetensors/JsonText.h"

namespace tableread::engine
{
namespace
{
std::string inWords (double number)
{
    std::ostringstream out;
    out << number;
    return out.str();
}

/** A value as in the file, on one short line. */
std::string shown (const nlohmann::json& value)
{
    if (value.is_object())
        return "an object";
    const auto text = value.dump (-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return text.size() > 60 ? text.substr (0, 60) + "..." : text;
}

/** Accepts 1536 and 1536.0. */
std::optional<std::int64_t> asWhole (const nlohmann::json& value)
{
    if (value.is_number_unsigned())
    {
        const auto number = value.get<std::uint64_t>();
        if (number <= static_cast<std::uint64_t> (std::numeric_limits<std::int64_t>::max()))
            return static_cast<std::int64_t> (number);
    }
    else if (value.is_number_integer())
        return value.get<std::int64_t>();
    else if (value.is_number_float())
    {
        const auto number = value.get<double>();
        if (std::abs (number) < 1e15 && number == std::floor (number))
            return static_cast<std::int64_t> (number);
    }
    return std::nullopt;
}

/** The numbers of a text such as "3-3-8"; empty if it is not such a text. */
std::optional<std::vector<std::int64_t>> numbersIn (const std::string& text)
{
    std::vector<std::int64_t> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true)
    {
        std::int64_t number = 0;
        const auto [next, problem] = std::from_chars (at, end, number);
        if (problem != std::errc())
            return std::nullopt;
        numbers.push_back (number);
        if (next == end)
            return numbers;
        if (*next != '-')
            return std::nullopt;
        at = next + 1;
    }
}
} // namespace

ConfigSection::ConfigSection (const nlohmann::json& object, std::string sectionName, std::string fileName)
    : json (object)
    , name (std::move (sectionName))
    , file (std::move (fileName))
{}

const nlohmann::json* ConfigSection::find (const std::string& key) const
{
    const auto found = json.find (key);
    return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::string ConfigSection::nameOf (const std::string& key) const
{
    return name.empty() ? key : name + "." + key;
}

void ConfigSection::refuse (const std::string& message, ErrorCode code) const
{
    fail (code, message, file);
}

void ConfigSection::refuseValue (const std::string& key, const std::string& wanted) const
{
    const auto* value = find (key);
    refuse (nameOf (key) + (value != nullptr ? " is " + shown (*value) : " is missing") + "; " + wanted +
            " is needed. Take the file that came with the checkpoint.");
}

ConfigSection ConfigSection::section (const std::string& key) const
{
    const auto* value = find (key);
    if (value == nullptr || ! value->is_object())
        refuseValue (key, "an object");
    return { *value, nameOf (key), file };
}

std::optional<std::int64_t> ConfigSection::findWhole (const std::string& key, std::int64_t most,
                                                      std::int64_t least) const
{
    if (! has (key))
        return std::nullopt;
    return whole (key, most, least);
}

std::int64_t ConfigSection::whole (const std::string& key, std::int64_t most, std::int64_t least) const
{
    const auto* value = find (key);
    const auto number = value != nullptr ? asWhole (*value) : std::nullopt;
    if (! number || *number < least || *number > most)
        refuseValue (key, "a whole number from " + std::to_string (least) + " to " + std::to_string (most));
    return *number;
}

std::optional<double> ConfigSection::findReal (const std::string& key, double least, double most) const
{
    if (! has (key))
        return std::nullopt;
    return real (key, least, most);
}

double ConfigSection::real (const std::string& key, double least, double most) const
{
    const auto* value = find (key);
    const auto number =
        value != nullptr && value->is_number() ? std::optional (value->get<double>()) : std::nullopt;
    if (! number || ! (*number >= least && *number <= most))
        refuseValue (key, "a number from " + inWords (least) + " to " + inWords (most));
    return *number;
}

std::vector<std::int64_t> ConfigSection::list (const std::string& key, std::int64_t most,
                                               std::size_t maxCount) const
{
    const auto wanted =
        "a list of 1 to " + std::to_string (maxCount) + " whole numbers from 1 to " + std::to_string (most);
    const auto* value = find (key);
    std::optional<std::vector<std::int64_t>> numbers;
    if (value != nullptr && value->is_string())
        numbers = numbersIn (value->get_ref<const std::string&>());
    else if (value != nullptr && value->is_array() && value->size() <= maxCount)
    {
        numbers.emplace();
        for (const auto& entry : *value)
            numbers->push_back (asWhole (entry).value_or (0)); // 0 is refused below
    }
    if (! numbers || numbers->empty() || numbers->size() > maxCount)
        refuseValue (key, wanted);
    for (const auto number : *numbers)
        if (number < 1 || number > most)
            refuseValue (key, wanted);
    return *numbers;
}

std::optional<std::string> ConfigSection::findText (const std::string& key) const
{
    const auto* value = find (key);
    if (value == nullptr)
        return std::nullopt;
    if (! value->is_string())
        refuseValue (key, "a text");
    return value->get<std::string>();
}

std::optional<bool> ConfigSection::findFlag (const std::string& key) const
{
    const auto* value = find (key);
    if (value == nullptr)
        return std::nullopt;
    if (! value->is_boolean())
        refuseValue (key, "true or false");
    return value->get<bool>();
}

void ConfigSection::expect (const std::string& key, const nlohmann::json& only) const
{
    const auto* value = find (key);
    if (value != nullptr && *value != only)
        refuse (nameOf (key) + " is " + shown (*value) + "; this engine computes only " + shown (only) +
                    ". Use VibeVoice-1.5B, VibeVoice-7B or a checkpoint made like them.",
                ErrorCode::Unsupported);
}
} // namespace tableread::engine
