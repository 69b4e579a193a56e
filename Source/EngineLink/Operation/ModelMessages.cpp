// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Operation/ModelMessages.h"

#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "Core/JsonFields.h"
#include "EngineLink/ReadOffload.h"

namespace tableread::protocol
{
namespace
{
using Json = nlohmann::json;

constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t mostModels = 4096, mostNotes = 1024;

std::string percentEncoded (std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF", plain = "-._~";
    std::string encoded;
    for (const char c : text)
    {
        const auto byte = static_cast<unsigned char> (c);
        const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (isLetter || plain.find (c) != std::string_view::npos)
            encoded += c;
        else
            encoded.append ({ '%', digits[byte >> 4], digits[byte & 15] });
    }
    return encoded;
}

DeviceMemory readMemory (const Json& json)
{
    const JsonFields fields (json, "memory.device_bytes.");
    const auto bytes = [&] (const char* name) { return fields.integer (name, 0, 0, most); };
    return { .otherWeights = bytes ("other_weights"),
             .resident = bytes ("resident"),
             .slots = bytes ("slots"),
             .caches = bytes ("caches"),
             .activations = bytes ("activations"),
             .voices = bytes ("voices"),
             .sum = bytes ("sum"),
             .plannedPeak = bytes ("planned_peak"),
             .free = bytes ("free"),
             .reserve = bytes ("reserve") };
}

OffloadState readWholeOffload (const Json& json)
{
    constexpr const char* prefix = "tableread.offload.";
    auto state = readOffload (json, prefix);
    const JsonFields fields (json, prefix);
    state.trim = fields.text ("trim");
    state.vram = fields.integer ("vram", 0, 0, most);
    state.context = fields.integer ("context", 0, 0, most);
    state.passages = static_cast<int> (fields.integer ("passages", 0, 0, std::numeric_limits<int>::max()));
    return state;
}

Model readModel (const Json& json)
{
    const JsonFields outer (json, {});
    Model model { .id = outer.text ("id") };
    const auto* ours = outer.find ("tableread");
    if (ours == nullptr) // of another server for the same API
        return model;
    const JsonFields fields (*ours, "tableread.");
    model.aliasOf = fields.text ("alias_of");
    model.state = fields.text ("state");
    if (const auto* error = fields.find ("error"))
        model.failure = JsonFields (*error, "tableread.error.").text ("message");
    model.device = fields.text ("device");
    model.dtype = fields.text ("dtype");
    model.weights = fields.text ("weights");
    model.fingerprint = fields.text ("fingerprint");
    model.parameters = fields.integer ("parameters", 0, 0, most);
    model.seats = static_cast<int> (fields.integer ("seats", 0, 0, std::numeric_limits<int>::max()));
    if (const auto* offload = fields.find ("offload"))
        model.offload = readWholeOffload (*offload);
    if (const auto* memory = fields.find ("memory"))
    {
        const JsonFields sizes (*memory, "tableread.memory.");
        model.hostBytes = sizes.integer ("host_bytes", 0, 0, most);
        if (const auto* device = sizes.find ("device_bytes"))
            model.memory = readMemory (*device);
    }
    for (const auto& note : fields.list ("notes", mostNotes))
        if (note.is_string())
            model.notes.push_back (note.get<std::string>());
    model.changed = fields.flag ("changed");
    model.seconds = fields.real ("seconds", 0, 0, std::numeric_limits<double>::max());
    return model;
}
} // namespace

std::string pathOf (ModelAction action, std::string_view model)
{
    const char* word = action == ModelAction::Plan   ? "/plan"
                       : action == ModelAction::Load ? "/load"
                                                     : "/unload";
    return "/v1/tableread/models/" + percentEncoded (model) + word;
}

std::string toJson (const LoadSettings& settings)
{
    Json json = Json::object();
    const auto put = [&json] (const char* name, const auto& value) {
        if (value)
            json[name] = *value;
    };
    const auto putText = [&json] (const char* name, const std::string& text) {
        if (! text.empty())
            json[name] = text;
    };
    put ("gpu_layers", settings.gpuLayers);
    putText ("preset", settings.preset);
    if (settings.automatic)
        json["auto"] = true;
    if (settings.noOffload)
        json["no_offload"] = true;
    putText ("weights", settings.weights);
    putText ("vram", settings.vram);
    put ("prefetch", settings.prefetch);
    put ("pin_memory", settings.pinMemory);
    put ("cache_trim_interval", settings.cacheTrimInterval);
    putText ("trim", settings.trim);
    put ("context", settings.context);
    if (settings.passages)
        json["passages"] = *settings.passages == 0 ? Json ("auto") : Json (*settings.passages);
    return json.dump (-1, ' ', false, Json::error_handler_t::replace);
}

Result<Model> parseModel (std::string_view text)
{
    return readJson<Model> (text, "what the engine says of a model", maxBodyBytes,
                            [] (const Json& json, Model& model) { model = readModel (json); });
}

Result<std::vector<Model>> parseModels (std::string_view text)
{
    return readJson<std::vector<Model>> (
        text, "the engine's list of models", maxBodyBytes, [] (const Json& json, std::vector<Model>& models) {
            for (const auto& entry : JsonFields (json, {}).list ("data", mostModels))
                if (auto model = readModel (entry); model.aliasOf.empty())
                    models.push_back (std::move (model));
        });
}

Result<EngineVersion> parseVersion (std::string_view text)
{
    return readJson<EngineVersion> (text, "the engine's version", maxBodyBytes,
                                    [] (const Json& json, EngineVersion& version) {
                                        const JsonFields fields (json, {});
                                        version.version = fields.text ("version");
                                        version.gpu = fields.text ("gpu");
                                        version.driver = fields.text ("driver");
                                    });
}
} // namespace tableread::protocol
