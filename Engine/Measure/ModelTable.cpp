// SPDX-License-Identifier: Apache-2.0
#include "Measure/ModelTable.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "Checkpoint/Notes.h"
#include "Measure/Json.h"

namespace tableread::engine
{
namespace
{
struct Prefix
{
    std::string_view text, part;
};

constexpr std::array prefixes {
    Prefix { "model.language_model.", "language model" },
    Prefix { "lm_head.", "language model" },
    Prefix { "model.prediction_head.", "diffusion head" },
    Prefix { "model.acoustic_tokenizer.decoder.", "acoustic decoder" },
    Prefix { "model.semantic_tokenizer.", "semantic encoder" },
    Prefix { "model.acoustic_connector.", "connectors" },
    Prefix { "model.semantic_connector.", "connectors" },
    Prefix { "model.speech_", "connectors" }, // the scale and bias of latents
    Prefix { "model.acoustic_tokenizer.encoder.", "acoustic encoder" },
};
constexpr std::string_view otherPart = "other";

std::string_view partOf (std::string_view name)
{
    for (const auto& prefix : prefixes)
        if (name.starts_with (prefix.text))
            return prefix.part;
    return otherPart;
}

/** The name with each number between dots as a star. */
std::string patternOf (const std::string& name)
{
    std::string pattern;
    for (std::size_t at = 0; at <= name.size();)
    {
        const auto dot = std::min (name.find ('.', at), name.size());
        const auto piece = name.substr (at, dot - at);
        const bool number = ! piece.empty() && std::all_of (piece.begin(), piece.end(), [] (unsigned char c) {
            return std::isdigit (c) != 0;
        });
        pattern += (at == 0 ? "" : ".") + (number ? "*" : piece);
        at = dot + 1;
    }
    return pattern;
}

std::int64_t elements (const TensorView& tensor)
{
    return static_cast<std::int64_t> (tensor.bytes.size()) / bytesPerElement (tensor.dtype);
}

ModelTable::Part& findPart (std::vector<ModelTable::Part>& parts, std::string_view name)
{
    return *std::find_if (parts.begin(), parts.end(),
                          [name] (const auto& part) { return part.name == name; });
}

std::string readable (std::int64_t bytes)
{
    const auto value = static_cast<double> (bytes);
    return bytes >= 1'000'000'000 ? fmt::format ("{:.2f} GB", value / 1e9)
           : bytes >= 1'000'000   ? fmt::format ("{:.1f} MB", value / 1e6)
                                  : fmt::format ("{:.1f} kB", value / 1e3);
}
} // namespace

ModelTable tabulate (const Checkpoint& checkpoint)
{
    ModelTable table;
    for (const auto& prefix : prefixes)
        if (table.parts.empty() || table.parts.back().name != prefix.part)
            table.parts.push_back ({ std::string (prefix.part), 0, 0, 0, {} });
    table.parts.push_back ({ std::string (otherPart), 0, 0, 0, {} });
    table.total.name = "total";

    for (const auto& name : checkpoint.names())
    {
        const auto tensor = checkpoint.tensor (name);
        const auto scale = checkpoint.scale (name);
        const auto bytes =
            static_cast<std::int64_t> (tensor.bytes.size() + (scale ? scale->bytes.size() : 0));
        const std::string dtype (nameOf (tensor.dtype));
        for (auto* part : { &findPart (table.parts, partOf (name)), &table.total })
        {
            ++part->tensors;
            part->parameters += elements (tensor);
            part->bytes += bytes;
            part->bytesByType[dtype] += bytes;
        }
        const auto pattern = patternOf (name);
        const auto same = std::find_if (table.groups.begin(), table.groups.end(), [&] (const auto& group) {
            return patternOf (group.pattern) == pattern && group.dtype == dtype &&
                   group.shape == tensor.shape;
        });
        if (same == table.groups.end())
            table.groups.push_back ({ name, dtype, tensor.shape, 1, bytes });
        else
        {
            same->pattern = pattern;
            ++same->count;
            same->bytes += bytes;
        }
    }
    std::erase_if (table.parts, [] (const auto& part) { return part.tensors == 0; });
    return table;
}

std::string describe (const Checkpoint& checkpoint, const ModelTable& table)
{
    const auto& config = checkpoint.config();
    const auto& lm = config.languageModel;
    const auto& head = config.diffusionHead;
    const auto codec = [] (const CodecConfig& part) {
        return fmt::format ("{} filters, ratios {}, depths {}, {} dimensions", part.filters,
                            fmt::join (part.ratios, "-"), fmt::join (part.depths, "-"), part.dimension);
    };
    auto text = fmt::format ("{}\n\n", checkpoint.folder().string());
    text += fmt::format (
        "language model    {} layers, hidden {}, {} heads, {} key-value heads of {}, MLP {}, vocabulary {}, "
        "{} positions, output matrix {}\n",
        lm.layers, lm.hidden, lm.heads, lm.kvHeads, lm.headDim, lm.intermediate, lm.vocabulary,
        lm.maxPositions, checkpoint.tied() ? "tied to the embedding" : "of its own");
    text += fmt::format ("diffusion head    {} layers, hidden {}, FFN {}, latent {}, trained with {} steps\n",
                         head.layers, head.hidden, head.ffn, head.latent, head.trainSteps);
    text += fmt::format ("acoustic decoder  {}\n", codec (config.acousticDecoder));
    text += fmt::format ("semantic encoder  {}\n", codec (config.semanticEncoder));
    text += fmt::format ("acoustic encoder  {}\n", codec (config.acousticEncoder));
    text += fmt::format ("frame             {} samples, {:.1f} ms\n", config.frameSamples,
                         static_cast<double> (config.frameSamples) / 24.0);
    text += fmt::format ("guidance scale    {}, {}\n\n", config.defaultGuidance(),
                         config.guidanceScale ? "from generation_config.json" : "the default");

    text += fmt::format ("{:<18}{:>8}{:>15}{:>11}  {}\n", "part", "tensors", "parameters", "size", "types");
    const auto row = [&text] (const ModelTable::Part& part) {
        std::vector<std::string> types;
        for (const auto& [type, bytes] : part.bytesByType)
            types.push_back (type);
        text += fmt::format ("{:<18}{:>8}{:>15}{:>11}  {}\n", part.name, part.tensors, part.parameters,
                             readable (part.bytes), fmt::join (types, ", "));
    };
    for (const auto& part : table.parts)
        row (part);
    row (table.total);

    std::size_t widest = 0;
    for (const auto& group : table.groups)
        widest = std::max (widest, group.pattern.size());
    text += fmt::format ("\n{:<{}}  {:>5}  {:<8}{:<20}{:>11}\n", "tensors", widest, "count", "type", "shape",
                         "size");
    for (const auto& group : table.groups)
        text += fmt::format ("{:<{}}  {:>5}  {:<8}{:<20}{:>11}\n", group.pattern, widest, group.count,
                             group.dtype, fmt::format ("[{}]", fmt::join (group.shape, ", ")),
                             readable (group.bytes));
    for (const auto& note : notesOn (checkpoint))
        text += "\n" + note + "\n";
    return text;
}

nlohmann::json toJson (const Checkpoint& checkpoint, const ModelTable& table)
{
    const auto& config = checkpoint.config();
    const auto& lm = config.languageModel;
    const auto& head = config.diffusionHead;
    const auto codec = [] (const CodecConfig& part) -> nlohmann::json {
        return { { "filters", part.filters },
                 { "ratios", part.ratios },
                 { "depths", part.depths },
                 { "dimension", part.dimension } };
    };
    const auto asJson = [] (const ModelTable::Part& part) -> nlohmann::json {
        return { { "name", part.name },
                 { "tensors", part.tensors },
                 { "parameters", part.parameters },
                 { "bytes", part.bytes },
                 { "bytes_by_type", part.bytesByType } };
    };
    nlohmann::json parts = nlohmann::json::array(), tensors = nlohmann::json::array();
    for (const auto& part : table.parts)
        parts.push_back (asJson (part));
    for (const auto& name : checkpoint.names())
    {
        const auto tensor = checkpoint.tensor (name);
        tensors.push_back ({ { "name", name },
                             { "dtype", nameOf (tensor.dtype) },
                             { "shape", tensor.shape },
                             { "bytes", tensor.bytes.size() },
                             { "scaled", checkpoint.scale (name).has_value() } });
    }
    return { { "model", checkpoint.folder().string() },
             { "layers", lm.layers },
             { "tied", checkpoint.tied() },
             { "notes", notesOn (checkpoint) },
             { "language_model",
               { { "layers", lm.layers },
                 { "hidden", lm.hidden },
                 { "intermediate", lm.intermediate },
                 { "heads", lm.heads },
                 { "kv_heads", lm.kvHeads },
                 { "head_dim", lm.headDim },
                 { "vocabulary", lm.vocabulary },
                 { "max_positions", lm.maxPositions } } },
             { "diffusion_head",
               { { "layers", head.layers },
                 { "hidden", head.hidden },
                 { "ffn", head.ffn },
                 { "latent", head.latent },
                 { "train_steps", head.trainSteps } } },
             { "acoustic_encoder", codec (config.acousticEncoder) },
             { "acoustic_decoder", codec (config.acousticDecoder) },
             { "semantic_encoder", codec (config.semanticEncoder) },
             { "frame_samples", config.frameSamples },
             { "guidance_scale", decimal (config.defaultGuidance()) },
             { "parts", parts },
             { "total", asJson (table.total) },
             { "tensors", tensors } };
}
} // namespace tableread::engine
