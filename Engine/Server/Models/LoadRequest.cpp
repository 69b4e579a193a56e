// SPDX-License-Identifier: Apache-2.0
#include "Server/Models/LoadRequest.h"

#include <limits>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/ranges.h>

#include "Core/JsonFields.h"
#include "Offload/Fields.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;
using Kind = OffloadField::Kind;

std::string namesOfFields()
{
    std::vector<std::string_view> names;
    names.reserve (offloadFields().size());
    for (const auto& field : offloadFields())
        names.push_back (field.name);
    return fmt::format ("{}", fmt::join (names, ", "));
}

/** A field's value in the words of the command line. @throws Exception if it is of another type. */
std::string valueOf (const JsonFields& json, const std::string& name, const OffloadField& field)
{
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const bool isNumber = json.find (name.c_str())->is_number();
    if (field.kind == Kind::Flag)
        return json.flag (name.c_str()) ? "true" : "false";
    if (field.kind == Kind::Number || (field.kind == Kind::Passages && isNumber))
        return std::to_string (json.integer (name.c_str(), 0, least, most));
    if (field.kind == Kind::Memory && isNumber)
        return std::to_string (json.integer (name.c_str(), 0, least, most)) + "B";
    return json.text (name.c_str());
}

/** Collects what a request's fields say. */
class Reader
{
public:
    Reader (const Json& body, LoadRequest& wanted) : json (body, {}), request (wanted) {}

    void read (const std::string& name)
    {
        constexpr std::size_t quoted = 64;
        const auto* field = offloadField (name);
        if (field == nullptr)
            throw Exception ({ ErrorCode::InvalidInput,
                               "there is no setting of this name. The settings are " + namesOfFields(),
                               name.substr (0, quoted) });
        const auto value = valueOf (json, name, *field);
        if (const auto wrong = wrongWith (*field, value); ! wrong.empty())
            throw Exception ({ field->kind == Kind::Number ? ErrorCode::OutOfRange : ErrorCode::InvalidInput,
                               wrong, name });
        remember (name, *field, value);
        set (request.options.offload, *field, value);
        if (field->name == "weights")
            request.options.compute = ComputeType::BFloat16;
    }

private:
    /** One field under two names, and two that choose the layers, contradict each other. */
    void remember (const std::string& name, const OffloadField& field, const std::string& value)
    {
        const bool chooses = field.choosesLayers && value != "false";
        for (const auto& [earlier, other] : given)
            if (other == &field || (chooses && other->choosesLayers))
                throw Exception (
                    { ErrorCode::InvalidInput, fmt::format ("{} excludes {}", name, earlier), name });
        if (chooses || ! field.choosesLayers)
            given.emplace_back (name, &field);
        if (! field.worksOnCpu)
            request.withoutEffectOnCpu.push_back (name);
    }

    JsonFields json;
    LoadRequest& request;
    std::vector<std::pair<std::string, const OffloadField*>> given;
};
} // namespace

Result<LoadRequest> parseLoadRequest (const std::string& body, const LoadOptions& atStart)
{
    LoadRequest request { .options = atStart };
    if (body.find_first_not_of (" \t\r\n") == std::string::npos)
        return request;
    try
    {
        const auto json = parseJson (body, "the request");
        Reader reader (json, request);
        for (const auto& [name, value] : json.items())
            if (! value.is_null())
                reader.read (name);
        return request;
    }
    catch (const Exception& exception)
    {
        return tl::make_unexpected (exception.error);
    }
}

Result<void> checkLayers (const LoadRequest& request, const ModelInfo& loaded)
{
    if (! loaded.offload)
        return {};
    try
    {
        layersAskedFor (request.options.offload, loaded.offload->layers);
        return {};
    }
    catch (const Exception& exception)
    {
        return tl::make_unexpected (
            Error { exception.error.code, withNamesOfFields (exception.error.message), "gpu_layers" });
    }
}
} // namespace tableread::engine
