// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Content/WeightsHash.h"

#include <algorithm>
#include <map>
#include <span>

#include "Checkpoint/Safetensors/MappedFile.h"
#include "Checkpoint/TensorShapes.h"
#include "Core/ContentHash.h"

namespace tableread::engine
{
namespace
{
constexpr auto embeddingName = "model.language_model.embed_tokens.weight", outputName = "lm_head.weight";

/** The hashes of a tensor's pieces, each after a space. A piece is short, so that a load that has failed waits little. */
std::string hashesOf (std::span<const std::byte> bytes, const std::stop_token& stop)
{
    constexpr std::size_t pieceBytes = 16 << 20;
    std::string hashes;
    for (std::size_t at = 0; at < bytes.size() && ! stop.stop_requested(); at += pieceBytes)
        hashes += ' ' + hashOfBytes (bytes.subspan (at, std::min (pieceBytes, bytes.size() - at)));
    return hashes;
}

std::string describe (const Checkpoint& checkpoint, const TensorShape& used, const std::stop_token& stop)
{
    const auto view = checkpoint.tensor (used.name);
    std::string text (nameOf (view.dtype));
    for (const auto extent : used.shape.empty() ? used.shape : view.shape) // a scalar may be stored as [1]
        text += ' ' + std::to_string (extent);
    text += checkpoint.isRandom() ? " random" : ':' + hashesOf (view.bytes, stop);
    if (const auto scales = checkpoint.channelScales (used.name); ! scales.empty())
        text += " scales " + contentHash (scales);
    return text;
}
} // namespace

WeightsHash::WeightsHash (std::shared_ptr<const Checkpoint> checkpoint)
    : source (std::move (checkpoint))
    , worker ([this] (const std::stop_token& stop) {
        try
        {
            hashAll (stop);
        }
        catch (...)
        {
            failure = std::current_exception();
        }
    })
{}

void WeightsHash::hashAll (const std::stop_token& stop)
{
    const auto& model = source->config().languageModel;
    auto used = tensorShapes (source->config());
    used.insert (used.begin(), { outputName, { model.vocabulary, model.hidden } });
    std::map<std::string, std::string> tensors;
    for (const auto& tensor : used)
        if (source->has (tensor.name)) // what is missing is refused by whoever loads it
            tensors.emplace (tensor.name, describe (*source, tensor, stop));
    if (source->tied())
        tensors.emplace (outputName, tensors[embeddingName]);
    std::string text;
    for (const auto& [name, content] : tensors)
        text.append (name).append (" ").append (content).append ("\n");
    hash = hashOfBytes (std::as_bytes (std::span (text)));
}

const std::string& WeightsHash::get()
{
    if (worker.joinable())
        worker.join();
    if (failure != nullptr)
        std::rethrow_exception (failure);
    checkMappedFiles();
    return hash;
}
} // namespace tableread::engine
