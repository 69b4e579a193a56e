// SPDX-License-Identifier: Apache-2.0
#include "Core/JsonFields.h"

#include <algorithm>
#include <utility>

namespace tableread
{
namespace
{
std::string kind (const nlohmann::json& value)
{
    const bool vowel = value.is_object() || value.is_array();
    return value.is_null() ? "nothing" : (vowel ? "an " : "a ") + std::string (value.type_name());
}

Exception outside (const nlohmann::json& value, const std::string& least, const std::string& most,
                   std::string where)
{
    return Exception ({ ErrorCode::OutOfRange, value.dump() + " is not between " + least + " and " + most,
                        std::move (where) });
}
/** Goes through a text and stops where it nests too deep or has too many values, before anything is kept of it. (The
    parser's own callback would do, but takes a time that grows with the square of a list's length.) */
class SizeCheck : public nlohmann::json_sax<nlohmann::json>
{
public:
    explicit SizeCheck (const JsonLimits& most) : limits (most) {}

    const std::string& refusal() const { return why; }

    /** Behind what is not JSON. */
    std::size_t errorPosition() const { return errorAt; }

    bool null() override { return count(); }
    bool boolean (bool) override { return count(); }
    bool number_integer (number_integer_t) override { return count(); }
    bool number_unsigned (number_unsigned_t) override { return count(); }
    bool number_float (number_float_t, const string_t&) override { return count(); }
    bool string (string_t&) override { return count(); }
    bool binary (binary_t&) override { return count(); }
    bool key (string_t&) override { return true; }
    bool start_object (std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool start_array (std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }
    bool parse_error (std::size_t position, const std::string&, const nlohmann::json::exception&) override
    {
        errorAt = position;
        return false;
    }

private:
    bool count()
    {
        if (++values > limits.values)
            why = "has more than " + std::to_string (limits.values) + " values";
        return why.empty();
    }

    bool enter()
    {
        if (++depth > limits.depth)
            why = "nests more than " + std::to_string (limits.depth) + " deep";
        return count();
    }

    bool leave()
    {
        --depth;
        return true;
    }

    const JsonLimits limits;
    std::size_t values = 0, errorAt = 0;
    int depth = 0;
    std::string why;
};
} // namespace

nlohmann::json parseJson (std::string_view text, const char* what, const JsonLimits& limits)
{
    SizeCheck check (limits);
    const bool isJson = nlohmann::json::sax_parse (text, &check);
    if (! check.refusal().empty())
        fail (ErrorCode::InvalidInput, std::string (what) + ' ' + check.refusal());
    if (! isJson)
    {
        const auto read = text.substr (0, check.errorPosition());
        fail (ErrorCode::InvalidInput, std::string (what) + " is not JSON, see line " +
                                           std::to_string (1 + std::count (read.begin(), read.end(), '\n')));
    }
    return nlohmann::json::parse (text);
}

JsonFields::JsonFields (const Json& source, std::string prefix) : object (source), path (std::move (prefix))
{
    if (! object.is_object())
        throw Exception ({ ErrorCode::InvalidInput, "an object is expected here, not " + kind (object),
                           path.substr (0, path.empty() ? 0 : path.size() - 1) });
}

std::string JsonFields::text (const char* name, std::string otherwise) const
{
    const auto* field = find (name);
    if (field == nullptr)
        return otherwise;
    if (! field->is_string())
        refuse (name, "a string", *field);
    return field->get<std::string>();
}

std::int64_t JsonFields::integer (const char* name, std::int64_t otherwise, std::int64_t least,
                                  std::int64_t most) const
{
    const auto* field = find (name);
    if (field == nullptr)
        return otherwise;
    if (! field->is_number_integer())
        refuse (name, "a whole number", *field);
    const bool fits = ! field->is_number_unsigned() || field->get<std::uint64_t>() <= (std::uint64_t) most;
    if (! fits || field->get<std::int64_t>() < least || field->get<std::int64_t>() > most)
        throw outside (*field, std::to_string (least), std::to_string (most), path + name);
    return field->get<std::int64_t>();
}

std::uint64_t JsonFields::seed (const char* name) const
{
    const auto* field = find (name);
    if (field == nullptr)
        return 0;
    if (! field->is_number_unsigned())
        refuse (name, "a whole number of 0 or more", *field);
    return field->get<std::uint64_t>();
}

float JsonFields::number (const char* name, float otherwise, float least, float most) const
{
    return (float) real (name, (double) otherwise, (double) least, (double) most);
}

double JsonFields::real (const char* name, double otherwise, double least, double most) const
{
    const auto* field = find (name);
    if (field == nullptr)
        return otherwise;
    if (! field->is_number())
        refuse (name, "a number", *field);
    const auto value = field->get<double>();
    if (! (value >= least && value <= most))
        throw outside (*field, Json (least).dump(), Json (most).dump(), path + name);
    return value;
}

bool JsonFields::flag (const char* name) const
{
    const auto* field = find (name);
    if (field == nullptr)
        return false;
    if (! field->is_boolean())
        refuse (name, "true or false", *field);
    return field->get<bool>();
}

const JsonFields::Json& JsonFields::list (const char* name, std::size_t most) const
{
    static const Json none = Json::array();
    const auto* field = find (name);
    if (field == nullptr)
        return none;
    if (! field->is_array())
        refuse (name, "a list", *field);
    if (field->size() > most)
        throw Exception (
            { ErrorCode::OutOfRange,
              std::to_string (field->size()) + " entries, at most " + std::to_string (most) + " are allowed",
              path + name });
    return *field;
}

const JsonFields::Json* JsonFields::find (const char* name) const
{
    const auto found = object.find (name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::refuse (const char* name, const char* expected, const Json& got) const
{
    throw Exception ({ ErrorCode::InvalidInput,
                       std::string (expected) + " is expected here, not " + kind (got), path + name });
}
} // namespace tableread
