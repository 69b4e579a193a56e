// SPDX-License-Identifier: Apache-2.0
#include "Command/Serve/Models.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "Checkpoint/HubCache.h"

namespace tableread::engine
{
namespace
{
/** The GPU's index in "cuda:1", 0 for "cuda"; empty for anything else. */
std::optional<int> gpuIndex (std::string_view device)
{
    constexpr std::string_view cuda = "cuda";
    if (! device.starts_with (cuda))
        return {};
    device.remove_prefix (cuda.size());
    if (device.empty())
        return 0;
    int index = -1;
    const auto* end = device.data() + device.size();
    const auto [stopped, error] = std::from_chars (device.data() + 1, end, index);
    return device.front() == ':' && error == std::errc() && stopped == end && index >= 0
               ? std::optional (index)
               : std::nullopt;
}
} // namespace

bool isDevice (std::string_view text)
{
    return text == "cpu" || text == "auto" || gpuIndex (text);
}

ModelRequest parseModelRequest (const std::string& text)
{
    std::error_code ignored;
    if (std::filesystem::exists (text, ignored))
        return { {}, text, {} };
    ModelRequest request;
    std::string rest = text;
    if (const auto at = rest.rfind ('@'); at != std::string::npos && isDevice (rest.substr (at + 1)))
    {
        request.device = rest.substr (at + 1);
        rest.resize (at);
    }
    if (const auto equals = rest.find ('=');
        equals != std::string::npos && equals > 0 && equals < rest.find ('/'))
    {
        request.name = rest.substr (0, equals);
        rest.erase (0, equals + 1);
    }
    request.folder = rest;
    return request;
}

std::vector<ModelToServe> modelsToServe (const std::vector<std::string>& asked, const ModelOptions& options,
                                         const OffloadOptions& offload, const Session& session)
{
    std::vector<ModelRequest> requests;
    requests.reserve (asked.size());
    for (const auto& text : asked)
        requests.push_back (parseModelRequest (text));
    return modelsToServe (std::move (requests), options, offload, session);
}

std::vector<ModelToServe> modelsToServe (std::vector<ModelRequest> asked, const ModelOptions& options,
                                         const OffloadOptions& offload, const Session& session)
{
    std::vector<ModelToServe> models;
    if (asked.empty())
        asked.emplace_back();
    for (const auto& request : asked)
    {
        auto own = options;
        own.model = request.folder;
        if (! request.dtype.empty())
            own.dtype = request.dtype;
        const auto device = request.device.empty() ? options.device : request.device;
        const auto gpu = gpuIndex (device);
        own.device = gpu ? "cuda" : device;
        auto load = own.resolve (session);
        load.deviceIndex = gpu.value_or (0);
        offload.applyTo (load);
        load.bytesRead = std::make_shared<std::atomic<std::int64_t>> (0);
        if (! request.weights.empty())
        {
            load.offload.settings.weights = weightsFormat (request.weights);
            load.compute = ComputeType::BFloat16;
        }
        const auto name = request.name.empty() ? modelName (load.model) : request.name;
        if (std::ranges::find (models, name, &ModelToServe::name) != models.end())
            fail (ErrorCode::InvalidInput,
                  fmt::format ("two models are named \"{}\". Give one another name: --model NAME={}.", name,
                               load.model.string()));
        models.push_back ({ name, std::move (load), gpu ? fmt::format ("cuda:{}", *gpu) : device });
    }
    return models;
}

std::int64_t weightBytes (const std::filesystem::path& folder)
{
    std::int64_t bytes = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator (folder, none))
        if (entry.path().extension() == ".safetensors" && entry.is_regular_file (none))
            bytes += static_cast<std::int64_t> (entry.file_size (none));
    return bytes;
}
} // namespace tableread::engine
