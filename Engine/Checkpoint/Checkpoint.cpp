// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Checkpoint.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "Checkpoint/HubCache.h"
#include "Checkpoint/LayerFormat.h"
#include "Checkpoint/OtherFormats.h"
#include "Checkpoint/RandomTensors.h"
#include "Checkpoint/Safetensors/File.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/Safetensors/ShardIndex.h"
#include "Checkpoint/Scales.h"
#include "Checkpoint/TensorNames.h"
#include "Checkpoint/TensorRoles.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::string_view indexName = "model.safetensors.index.json";

std::string inWords (std::span<const std::int64_t> shape)
{
    std::string out = "[";
    for (const auto extent : shape)
        out += (out.size() > 1 ? ", " : "") + std::to_string (extent);
    return out + "]";
}

/** The text in a tensor's data, if the name says that it is one; the end of a very long one is missing. */
std::string wordsOf (const std::string& name, const TensorView& tensor)
{
    constexpr std::size_t mostBytes = 4096;
    if (! name.ends_with (layerFormatEnd))
        return {};
    std::string words;
    for (const auto each : tensor.bytes.first (std::min (tensor.bytes.size(), mostBytes)))
        words += static_cast<char> (each);
    checkMappedFiles();
    return words;
}

std::vector<std::filesystem::path> safetensorsIn (const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> found;
    for (const auto& file : filesIn (folder))
        if (file.extension() == ".safetensors")
            found.push_back (file);
    return found;
}

/** The only safetensors file of a folder, of any name. */
std::filesystem::path onlyFile (const std::filesystem::path& folder)
{
    auto found = safetensorsIn (folder);
    if (found.empty())
    {
        refuseOtherFormat (folder);
        fail (ErrorCode::NotFound,
              "holds no safetensors file. Put model.safetensors, or the shards and "
              "model.safetensors.index.json, "
              "next to its config.json.",
              folder.string());
    }
    if (found.size() > 1)
        fail (ErrorCode::InvalidInput,
              "holds " + std::to_string (found.size()) +
                  " safetensors files and no model.safetensors.index.json that says what they are. Fetch "
                  "that file "
                  "too, or leave only one of them.",
              folder.string());
    return found.front();
}
} // namespace

struct Checkpoint::Files
{
    struct Tensor
    {
        TensorView view;
        const SafetensorsFile* file = nullptr; // null for random values
        std::string otherType {};              // for DType::Other
    };

    std::filesystem::path folder;
    ModelConfig config;
    std::vector<std::unique_ptr<SafetensorsFile>> mapped;
    std::unique_ptr<RandomTensors> random;
    std::map<std::string, Tensor, std::less<>> tensors, scales; // by official name; a scale by its tensor's
    std::vector<std::string> names, unused;
    std::shared_ptr<std::atomic<std::int64_t>> bytesRead;

    void openFiles();
    void add (const SafetensorsFile& file);
    void sort (const std::vector<TensorShape>& used);
    const Tensor& find (std::string_view name) const;
};

void Checkpoint::Files::openFiles()
{
    const auto single = folder / "model.safetensors", indexPath = folder / indexName;
    const bool isSingle = isThere (single);
    if (isSingle || ! isThere (indexPath))
    {
        mapped.push_back (std::make_unique<SafetensorsFile> (isSingle ? single : onlyFile (folder)));
        add (*mapped.back());
        return;
    }

    const auto index = ShardIndex::read (indexPath);
    for (const auto& shard : index.shards)
    {
        if (! isThere (folder / shard))
            fail (ErrorCode::NotFound,
                  "names the shard " + inQuotes (shard) + ", which is not in the folder" +
                      (isHubSnapshot (folder)
                           ? ": an unfinished download. Run hf download again; it goes on where "
                             "it stopped."
                           : ". Fetch that file too."),
                  index.path);
        mapped.push_back (std::make_unique<SafetensorsFile> (folder / shard));
        add (*mapped.back());
    }
    for (const auto& [tensor, shard] : index.shardOf)
    {
        const auto found = tensors.find (officialTensorName (tensor));
        if (found == tensors.end() || found->second.file->path().filename() != shard)
            fail (ErrorCode::InvalidInput,
                  "places tensor " + inQuotes (tensor) + " in " + shard +
                      ", which does not hold it. Fetch both files again.",
                  index.path);
    }
}

void Checkpoint::Files::add (const SafetensorsFile& file)
{
    for (const auto& entry : file.entries())
    {
        auto name = officialTensorName (entry.name);
        const auto [other, isNew] = tensors.emplace (
            std::move (name),
            Tensor { { entry.dtype, entry.shape, file.data (entry) }, &file, entry.otherType });
        if (! isNew)
            fail (ErrorCode::InvalidInput,
                  "holds tensor " + inQuotes (other->first) + ", which " +
                      other->second.file->path().filename().string() +
                      " holds too. Delete the files of one of the two checkpoints.",
                  file.path().string());
    }
    if (tensors.size() > SafetensorsHeader::maxTensors)
        fail (ErrorCode::InvalidInput,
              "the shards up to this one hold more than " + std::to_string (SafetensorsHeader::maxTensors) +
                  " tensors; VibeVoice has about 1200. This is not a checkpoint of it.",
              file.path().string());
}

void Checkpoint::Files::sort (const std::vector<TensorShape>& used)
{
    std::set<std::string_view> usedNames { "lm_head.weight" };
    for (const auto& tensor : used)
        usedNames.insert (tensor.name);
    std::vector<FoundTensor> found;
    found.reserve (tensors.size());
    for (const auto& [name, tensor] : tensors)
        found.push_back ({ name, tensor.view.dtype, tensor.otherType, tensor.view.shape,
                           (tensor.file != nullptr ? tensor.file->path() : folder).string(),
                           wordsOf (name, tensor.view) });
    const auto isUsed = [&] (std::string_view name) { return usedNames.contains (name); };
    for (const auto& file : mapped)
        refuseForeignLayers (file->layerFormats(), isUsed, file->path().string());
    auto roles = findRoles (found, isUsed);

    unused = std::move (roles.unused);
    for (const auto& [name, scale] : roles.scales)
    {
        const auto at = tensors.find (scale);
        scales.emplace (name, std::move (at->second));
        tensors.erase (at);
    }
    std::erase_if (tensors, [] (const auto& entry) {
        return entry.second.view.dtype == DType::Other || entry.first == scaleMarker;
    });
    for (const auto& [name, tensor] : tensors)
        names.push_back (name);
}

const Checkpoint::Files::Tensor& Checkpoint::Files::find (std::string_view name) const
{
    const auto found = tensors.find (name);
    if (found == tensors.end())
        fail (ErrorCode::NotFound,
              "has no tensor " + inQuotes (name) +
                  ", which config.json calls for. Check that both are of one checkpoint.",
              folder.string());
    return found->second;
}

Checkpoint::Checkpoint (const std::filesystem::path& folder) : files (std::make_unique<Files>())
{
    files->folder = folder;
    files->config = ModelConfig::load (folder);
}

Checkpoint::~Checkpoint() = default;

std::unique_ptr<Checkpoint> Checkpoint::open (const std::filesystem::path& folder)
{
    std::unique_ptr<Checkpoint> checkpoint (new Checkpoint (folder));
    auto& files = *checkpoint->files;
    refuseAdapter (folder);
    refuseQuantiser (files.config, folder);
    files.openFiles();
    files.sort (tensorShapes (files.config));
    return checkpoint;
}

std::unique_ptr<Checkpoint> Checkpoint::random (const std::filesystem::path& folder)
{
    std::unique_ptr<Checkpoint> checkpoint (new Checkpoint (folder));
    auto& files = *checkpoint->files;
    const auto shapes = tensorShapes (files.config);
    files.random = std::make_unique<RandomTensors> (shapes);
    for (const auto& tensor : shapes)
        files.tensors.emplace (tensor.name, Files::Tensor { files.random->view (tensor) });
    files.sort (shapes);
    return checkpoint;
}

std::unique_ptr<Checkpoint> Checkpoint::shapesOf (const std::filesystem::path& folder)
{
    std::unique_ptr<Checkpoint> checkpoint (new Checkpoint (folder));
    auto& files = *checkpoint->files;
    const auto shapes = tensorShapes (files.config);
    for (const auto& tensor : shapes)
        files.tensors.emplace (tensor.name, Files::Tensor { { DType::BFloat16, tensor.shape, {} } });
    files.sort (shapes);
    return checkpoint;
}

bool Checkpoint::hasWeights (const std::filesystem::path& folder)
{
    return isThere (folder / indexName) || ! safetensorsIn (folder).empty();
}

const std::filesystem::path& Checkpoint::folder() const
{
    return files->folder;
}
const ModelConfig& Checkpoint::config() const
{
    return files->config;
}
bool Checkpoint::isRandom() const
{
    return files->random != nullptr;
}
const std::vector<std::string>& Checkpoint::names() const
{
    return files->names;
}
const std::vector<std::string>& Checkpoint::unused() const
{
    return files->unused;
}
bool Checkpoint::isUnused (std::string_view officialName) const
{
    return std::ranges::binary_search (files->unused, officialName);
}
bool Checkpoint::has (std::string_view officialName) const
{
    return files->tensors.contains (officialName);
}
bool Checkpoint::tied() const
{
    return ! has ("lm_head.weight");
}

TensorView Checkpoint::tensor (std::string_view officialName) const
{
    return files->find (officialName).view;
}

TensorView Checkpoint::tensor (std::string_view officialName, std::span<const std::int64_t> wantedShape) const
{
    const auto& found = files->find (officialName);
    if (! std::ranges::equal (found.view.shape, wantedShape))
        fail (ErrorCode::InvalidInput,
              "tensor " + inQuotes (officialName) + " is " + inWords (found.view.shape) +
                  ", the config wants " + inWords (wantedShape) + ". Check that both are of one checkpoint.",
              (found.file != nullptr ? found.file->path() : files->folder).string());
    return found.view;
}

std::optional<TensorView> Checkpoint::scale (std::string_view officialName) const
{
    const auto found = files->scales.find (officialName);
    return found == files->scales.end() ? std::nullopt : std::optional (found->second.view);
}

std::vector<float> Checkpoint::channelScales (std::string_view officialName) const
{
    const auto stored = scale (officialName);
    if (! stored)
        return {};
    return engine::channelScales (*stored, tensor (officialName).shape[outputDimension (officialName)]);
}

void Checkpoint::countReads (std::shared_ptr<std::atomic<std::int64_t>> counter)
{
    files->bytesRead = std::move (counter);
    if (files->bytesRead != nullptr)
        *files->bytesRead = 0;
}

void Checkpoint::wasRead (const TensorView& tensor) const
{
    if (files->bytesRead != nullptr)
        *files->bytesRead += static_cast<std::int64_t> (tensor.bytes.size());
}
} // namespace tableread::engine
