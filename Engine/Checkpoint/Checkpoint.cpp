// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Checkpoint.h"

#include <algorithm>
#include <map>

#include "Checkpoint/RandomTensors.h"
#include "Checkpoint/Safetensors/File.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/Safetensors/ShardIndex.h"
#include "Checkpoint/TensorNames.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::string_view indexName = "model.safetensors.index.json";
constexpr std::string_view scaleSuffix = "_scale";

std::string inWords (std::span<const std::int64_t> shape)
{
    std::string out = "[";
    for (const auto extent : shape)
        out += (out.size() > 1 ? ", " : "") + std::to_string (extent);
    return out + "]";
}

std::vector<std::filesystem::path> safetensorsIn (const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> found;
    for (const auto& item : std::filesystem::directory_iterator (folder))
        if (item.path().extension() == ".safetensors")
            found.push_back (item.path());
    return found;
}

/** The only safetensors file of a folder, whatever its name. */
std::filesystem::path onlyFile (const std::filesystem::path& folder)
{
    auto found = safetensorsIn (folder);
    if (found.empty())
        fail (ErrorCode::NotFound,
              "holds no safetensors file. Put model.safetensors, or the shards and "
              "model.safetensors.index.json, "
              "beside its config.json.",
              folder.string());
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
        const SafetensorsFile* file = nullptr; // none for random values
    };

    std::filesystem::path folder;
    ModelConfig config;
    std::vector<std::unique_ptr<SafetensorsFile>> mapped;
    std::unique_ptr<RandomTensors> random;
    std::map<std::string, Tensor, std::less<>> tensors, scales; // by official name, a scale by its tensor's
    std::vector<std::string> names;

    void openFiles();
    void add (const SafetensorsFile& file);
    void separateScales();
    const Tensor& find (std::string_view name) const;
};

void Checkpoint::Files::openFiles()
{
    const auto single = folder / "model.safetensors", indexPath = folder / indexName;
    if (std::filesystem::exists (single) || ! std::filesystem::exists (indexPath))
    {
        mapped.push_back (std::make_unique<SafetensorsFile> (
            std::filesystem::exists (single) ? single : onlyFile (folder)));
        add (*mapped.back());
        return;
    }

    const auto index = ShardIndex::read (indexPath);
    for (const auto& shard : index.shards)
    {
        if (! std::filesystem::exists (folder / shard))
            fail (ErrorCode::NotFound,
                  "names the shard " + inQuotes (shard) +
                      ", which is not in the folder. Fetch that file too.",
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
            std::move (name), Tensor { { entry.dtype, entry.shape, file.data (entry) }, &file });
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

/** A transposed convolution's weight is [in, out, k], every other one [out, …]. */
void checkScale (const std::string& name, const TensorView& tensor, const TensorView& scale,
                 const std::string& where)
{
    const std::size_t dimension = name.find (".convtr.") != std::string::npos ? 1 : 0;
    const bool known = tensor.dtype == DType::Int8 || tensor.dtype == DType::Float8E4M3;
    if (! known || tensor.shape.size() <= dimension || scale.dtype != DType::Float32 ||
        scale.shape != std::vector { tensor.shape[dimension] })
        fail (ErrorCode::InvalidInput,
              "tensor " + inQuotes (name) + " is " + std::string (nameOf (tensor.dtype)) + " " +
                  inWords (tensor.shape) + ", its scale is " + std::string (nameOf (scale.dtype)) + " " +
                  inWords (scale.shape) +
                  "; an I8 or F8_E4M3 tensor and one F32 for each output channel are needed.",
              where);
}

void Checkpoint::Files::separateScales()
{
    for (auto at = tensors.begin(); at != tensors.end();)
    {
        const auto& name = at->first;
        const auto base = name.ends_with (scaleSuffix)
                              ? tensors.find (name.substr (0, name.size() - scaleSuffix.size()))
                              : tensors.end();
        if (base == tensors.end())
        {
            ++at;
            continue;
        }
        checkScale (base->first, base->second.view, at->second.view, at->second.file->path().string());
        scales.emplace (base->first, std::move (at->second));
        at = tensors.erase (at);
    }
    for (const auto& [name, tensor] : tensors)
    {
        names.push_back (name);
        if (tensor.view.dtype == DType::Int8 && scales.find (name) == scales.end())
            fail (ErrorCode::InvalidInput,
                  "tensor " + inQuotes (name) + " is I8 and has no " +
                      inQuotes (name + std::string (scaleSuffix)) +
                      " beside it, so its values are unknown. Take another checkpoint.",
                  tensor.file->path().string());
    }
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

Checkpoint::Checkpoint() : files (std::make_unique<Files>())
{}
Checkpoint::~Checkpoint() = default;

std::unique_ptr<Checkpoint> Checkpoint::open (const std::filesystem::path& folder)
{
    std::unique_ptr<Checkpoint> checkpoint (new Checkpoint);
    auto& files = *checkpoint->files;
    files.folder = folder;
    files.config = ModelConfig::load (folder);
    files.openFiles();
    files.separateScales();
    return checkpoint;
}

std::unique_ptr<Checkpoint> Checkpoint::random (const std::filesystem::path& folder)
{
    std::unique_ptr<Checkpoint> checkpoint (new Checkpoint);
    auto& files = *checkpoint->files;
    files.folder = folder;
    files.config = ModelConfig::load (folder);
    const auto shapes = tensorShapes (files.config);
    files.random = std::make_unique<RandomTensors> (shapes);
    for (const auto& tensor : shapes)
        files.tensors.emplace (tensor.name, Files::Tensor { files.random->view (tensor) });
    files.separateScales();
    return checkpoint;
}

std::unique_ptr<Checkpoint> Checkpoint::shapesOf (const std::filesystem::path& folder)
{
    std::unique_ptr<Checkpoint> checkpoint (new Checkpoint);
    auto& files = *checkpoint->files;
    files.folder = folder;
    files.config = ModelConfig::load (folder);
    for (const auto& tensor : tensorShapes (files.config))
        files.tensors.emplace (tensor.name, Files::Tensor { { DType::BFloat16, tensor.shape, {} } });
    files.separateScales();
    return checkpoint;
}

bool Checkpoint::hasWeights (const std::filesystem::path& folder)
{
    return std::filesystem::exists (folder / indexName) || ! safetensorsIn (folder).empty();
}

const std::filesystem::path& Checkpoint::folder() const
{
    return files->folder;
}
const ModelConfig& Checkpoint::config() const
{
    return files->config;
}
const std::vector<std::string>& Checkpoint::names() const
{
    return files->names;
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
} // namespace tableread::engine
