// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/ShardWriter.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "Checkpoint/Safetensors/MappedFile.h"
#include "Core/Disk/Bytes.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
/** A new file that is written sequentially. */
class Output
{
public:
    explicit Output (std::filesystem::path file)
        : path (std::move (file))
        , descriptor (::open (path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666))
    {
        if (descriptor < 0)
            refuse ("cannot be made", errno);
    }
    ~Output() { ::close (descriptor); }
    Output (const Output&) = delete;
    Output& operator= (const Output&) = delete;

    void write (std::span<const std::byte> bytes)
    {
        const int reason = writeBytes (descriptor, bytes);
        if (reason == EFAULT) // the bytes are of a mapped file that has shrunk
            checkMappedFiles();
        if (reason != 0)
            refuse ("cannot be written", reason);
    }

    void sync()
    {
        if (::fsync (descriptor) != 0)
            refuse ("cannot be brought to the disk", errno);
    }

private:
    [[noreturn]] void refuse (const char* what, int reason)
    {
        fail (codeOfSystemError (reason),
              std::string (what) + ": " + std::strerror (reason) +
                  ". Free space there, or name a folder on another disk.",
              path.string());
    }

    std::filesystem::path path;
    int descriptor;
};

std::span<const std::byte> bytesOf (const std::string& text)
{
    return std::as_bytes (std::span (text.data(), text.size()));
}

/** Length and header, padded so that the data begins at a multiple of 8. */
std::string headOf (std::span<const PlannedTensor> tensors)
{
    nlohmann::json header { { "__metadata__", { { "format", "pt" } } } };
    std::int64_t at = 0;
    for (const auto& tensor : tensors)
    {
        const auto end = at + tensor.bytes();
        header[tensor.name] = { { "dtype", nameOf (tensor.dtype) },
                                { "shape", tensor.shape },
                                { "data_offsets", { at, end } } };
        at = end;
    }
    auto text = header.dump();
    text.resize ((text.size() + 7) / 8 * 8, ' ');
    std::string head;
    for (int i = 0; i < 8; ++i)
        head += static_cast<char> (text.size() >> (8 * i) & 0xff);
    return head + text;
}
} // namespace

std::int64_t PlannedTensor::bytes() const
{
    auto bytes = bytesPerElement (dtype);
    for (const auto extent : shape)
        bytes *= extent;
    return bytes;
}

struct ShardWriter::Files
{
    struct Shard
    {
        std::string name, head;
        std::size_t end; // one past its last tensor
    };

    std::filesystem::path folder;
    std::vector<PlannedTensor> tensors;
    std::vector<Shard> shards;
    std::unique_ptr<Output> output;
    std::size_t shard = 0, tensor = 0; // being written
    std::int64_t missing = 0;          // bytes of that tensor

    /** Moves to the next tensor that has bytes, and opens its shard. @returns false after the last one. */
    bool advance()
    {
        while (missing == 0 && tensor < tensors.size())
        {
            if (tensor == shards[shard].end)
            {
                output->sync();
                output.reset();
                ++shard;
            }
            if (output == nullptr)
            {
                output = std::make_unique<Output> (folder / shards[shard].name);
                output->write (bytesOf (shards[shard].head));
            }
            missing = tensors[tensor].bytes();
            if (missing == 0)
                ++tensor;
        }
        return tensor < tensors.size();
    }

    std::string index() const
    {
        std::int64_t total = 0;
        nlohmann::json map = nlohmann::json::object();
        std::size_t at = 0;
        for (std::size_t i = 0; i < tensors.size(); ++i)
        {
            at += i == shards[at].end ? 1 : 0;
            map[tensors[i].name] = shards[at].name;
            total += tensors[i].bytes();
        }
        return nlohmann::json { { "metadata", { { "total_size", total } } }, { "weight_map", map } }.dump (
                   2) +
               "\n";
    }
};

ShardWriter::ShardWriter (std::filesystem::path folder, std::vector<PlannedTensor> tensors,
                          std::int64_t shardBytes)
    : files (std::make_unique<Files>())
{
    files->folder = std::move (folder);
    files->tensors = std::move (tensors);
    auto& shards = files->shards;
    std::int64_t inShard = 0;
    std::size_t first = 0;
    const std::span<const PlannedTensor> all = files->tensors;
    for (std::size_t i = 0; i <= all.size(); ++i)
    {
        const auto bytes = i < all.size() ? all[i].bytes() : 0;
        if (i == all.size() || (i > first && bytes > 0 && inShard + bytes > shardBytes))
        {
            shards.push_back ({ {}, headOf (all.subspan (first, i - first)), i });
            first = i;
            inShard = 0;
        }
        inShard += bytes;
    }
    const auto number = [] (std::size_t n) {
        const auto digits = std::to_string (n);
        return std::string (digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
    };
    for (std::size_t i = 0; i < shards.size(); ++i)
        shards[i].name = shards.size() == 1
                             ? "model.safetensors"
                             : "model-" + number (i + 1) + "-of-" + number (shards.size()) + ".safetensors";
}

ShardWriter::~ShardWriter() = default;

std::int64_t ShardWriter::totalBytes() const
{
    std::int64_t total = 0;
    for (const auto& shard : files->shards)
        total += static_cast<std::int64_t> (shard.head.size());
    for (const auto& tensor : files->tensors)
        total += tensor.bytes();
    return total;
}

std::size_t ShardWriter::shards() const
{
    return files->shards.size();
}

void ShardWriter::write (std::span<const std::byte> bytes)
{
    while (! bytes.empty())
    {
        if (! files->advance())
            fail (ErrorCode::Internal, "more is written than was planned.", files->folder.string());
        const auto count = std::min (bytes.size(), static_cast<std::size_t> (files->missing));
        files->output->write (bytes.first (count));
        bytes = bytes.subspan (count);
        files->missing -= static_cast<std::int64_t> (count);
        files->tensor += files->missing == 0 ? 1 : 0;
    }
}

void ShardWriter::finish()
{
    if (files->advance())
        fail (ErrorCode::Internal, "less is written than was planned.", files->folder.string());
    if (files->output != nullptr)
        files->output->sync();
    if (files->shards.size() == 1)
        return;
    Output index (files->folder / "model.safetensors.index.json");
    index.write (bytesOf (files->index()));
    index.sync();
}
} // namespace tableread::engine
