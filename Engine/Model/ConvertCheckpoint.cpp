// SPDX-License-Identifier: Apache-2.0
#include "Model/ConvertCheckpoint.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <unistd.h>

#include "Core/Error.h"
#include "Model/ShardWriter.h"
#include "Model/TensorNames.h"
#include "Model/WeightReader.h"

namespace tableread::engine
{
namespace
{
namespace fs = std::filesystem;

constexpr std::uintmax_t largestOther = 256 << 20; // tokenizers and voices are far below
constexpr std::size_t bytesAtOnce = 64 << 20;      // from one report of progress to the next

/** A folder beside the wanted one, which becomes it or goes. */
class FolderToBe
{
public:
    explicit FolderToBe (fs::path wanted) : target (std::move (wanted))
    {
        std::error_code error;
        for (int i = 0; ! fs::create_directory (path = nameOf (i), error); ++i)
            if (error)
                fail (ErrorCode::Io,
                      "cannot be made: " + error.message() + ". Name a folder where you may write.",
                      target.string());
    }

    ~FolderToBe()
    {
        std::error_code none;
        if (! path.empty())
            fs::remove_all (path, none);
    }

    void settle()
    {
        std::error_code error;
        fs::rename (path, target, error);
        if (error)
            fail (ErrorCode::Io, "cannot be named so: " + error.message() + ".", target.string());
        path.clear();
    }

    fs::path path;

private:
    fs::path nameOf (int i) const
    {
        return target.parent_path() / ("." + target.filename().string() + ".partial-" +
                                       std::to_string (::getpid()) + "-" + std::to_string (i));
    }

    fs::path target;
};

/** Where the folder will be, without a slash at its end. */
fs::path placeFor (const fs::path& wanted)
{
    auto place = fs::absolute (wanted).lexically_normal();
    if (! place.has_filename())
        place = place.parent_path();
    if (fs::exists (fs::symlink_status (place)))
        fail (ErrorCode::InvalidInput,
              "exists already. Name a folder that does not, or delete this one first.", place.string());
    if (! fs::is_directory (place.parent_path()))
        fail (ErrorCode::NotFound, "is not there, so no folder can be made in it. Make it first.",
              place.parent_path().string());
    return place;
}

/** What lies beside the weights: configuration, tokenizer, voices. Not what is hidden. */
std::vector<fs::path> otherFiles (const fs::path& folder)
{
    std::vector<fs::path> files;
    for (auto at = fs::recursive_directory_iterator (folder, fs::directory_options::skip_permission_denied);
         at != fs::recursive_directory_iterator(); ++at)
    {
        const auto name = at->path().filename().string();
        if (name.starts_with ('.'))
            at.disable_recursion_pending();
        else if (at->is_regular_file() && ! name.ends_with (".safetensors") &&
                 ! name.ends_with (".safetensors.index.json"))
            files.push_back (at->path().lexically_relative (folder));
    }
    std::ranges::sort (files);
    return files;
}

void copyOthers (const fs::path& from, const fs::path& to, ConvertReport& report)
{
    for (const auto& file : otherFiles (from))
    {
        if (fs::file_size (from / file) > largestOther)
        {
            report.notCopied.push_back (file.string());
            continue;
        }
        std::error_code error;
        fs::create_directories ((to / file).parent_path(), error);
        if (! error)
            fs::copy_file (from / file, to / file, error);
        if (error)
            fail (ErrorCode::Io,
                  "cannot be copied: " + error.message() + ". Free space in the folder that it goes to.",
                  (from / file).string());
    }
}

void checkSpace (const fs::path& folder, std::int64_t needed)
{
    std::error_code none;
    const auto there = fs::space (folder, none).available;
    if (! none && there < static_cast<std::uintmax_t> (needed))
        fail (ErrorCode::Io,
              "has " + std::to_string (there / 1'000'000) + " MB free, " +
                  std::to_string (needed / 1'000'000) +
                  " MB are needed. Free space there, or name a folder on another disk.",
              folder.string());
}

std::vector<PlannedTensor> planFor (const Checkpoint& checkpoint, DType layerType)
{
    std::vector<PlannedTensor> plan;
    for (const auto& name : checkpoint.names())
    {
        const auto tensor = checkpoint.tensor (name);
        const auto scale = checkpoint.scale (name);
        const bool converts = isLayerMatrix (name);
        if (converts && (tensor.shape.size() != 2 || tensor.dtype == DType::Int64))
            fail (ErrorCode::InvalidInput,
                  "tensor " + name + " is no matrix of weights. Get the checkpoint again.",
                  checkpoint.folder().string());
        plan.push_back ({ name, converts ? layerType : tensor.dtype, tensor.shape });
        if (converts)
            plan.push_back ({ name + "_scale", DType::Float32, { tensor.shape[0] } });
        else if (scale)
            plan.push_back ({ name + "_scale", scale->dtype, scale->shape });
    }
    return plan;
}

std::span<const std::byte> bytesOf (const at::Tensor& tensor)
{
    return { static_cast<const std::byte*> (tensor.const_data_ptr()), tensor.nbytes() };
}
} // namespace

ConvertReport convertCheckpoint (const ConvertRequest& request)
{
    const c10::InferenceMode noGradients;
    const auto place = placeFor (request.to);
    const auto checkpoint = Checkpoint::open (request.from);
    const auto reader = WeightReader (*checkpoint, at::kFloat, at::kCPU, request.weights).forLayers();
    const auto layerType = request.weights == WeightsFormat::Int8 ? DType::Int8 : DType::Float8E4M3;
    FolderToBe folder (place);
    const auto plan = planFor (*checkpoint, layerType);
    ShardWriter writer (folder.path, plan, request.shardBytes);

    ConvertReport report;
    for (const auto& tensor : plan)
        report.bytesAfter += tensor.bytes();
    checkSpace (folder.path, writer.totalBytes());
    copyOthers (request.from, folder.path, report);
    std::int64_t done = 0;
    const auto write = [&] (std::span<const std::byte> bytes) {
        while (! bytes.empty())
        {
            const auto part = bytes.first (std::min (bytes.size(), bytesAtOnce));
            writer.write (part);
            bytes = bytes.subspan (part.size());
            done += static_cast<std::int64_t> (part.size());
            if (request.onProgress)
                request.onProgress (done, report.bytesAfter);
        }
    };
    for (const auto& name : checkpoint->names())
    {
        const auto tensor = checkpoint->tensor (name);
        const auto scale = checkpoint->scale (name);
        report.bytesBefore +=
            static_cast<std::int64_t> (tensor.bytes.size() + (scale ? scale->bytes.size() : 0));
        if (isLayerMatrix (name))
        {
            const auto matrix = reader.byteMatrix (name, tensor.shape);
            write (bytesOf (matrix.values));
            write (bytesOf (matrix.scale));
            ++(tensor.dtype == layerType ? report.kept : report.matrices);
            continue;
        }
        write (tensor.bytes);
        if (scale)
            write (scale->bytes);
    }
    writer.finish();
    Checkpoint::open (folder.path); // what cannot be read is not left
    folder.settle();
    return report;
}
} // namespace tableread::engine
