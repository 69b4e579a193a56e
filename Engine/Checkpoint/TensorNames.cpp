// SPDX-License-Identifier: Apache-2.0
// The order and names of vibevoice's conversion script, as tables: no regular expressions, because a name in a damaged
// file could exhaust their recursion.
#include "Checkpoint/TensorNames.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

namespace tableread::engine
{
namespace
{
struct Rename
{
    std::string_view official, converted;
};

constexpr std::array connectorParts { Rename { "fc1.", "linear_1." }, Rename { "norm.", "act." },
                                      Rename { "fc2.", "linear_2." } };
constexpr std::array headParts { Rename { "t_embedder.mlp.0.", "timestep_proj.fc1." },
                                 Rename { "t_embedder.mlp.2.", "timestep_proj.fc2." },
                                 Rename { "final_layer.adaLN_modulation.1.", "final_layer.linear_1." },
                                 Rename { "final_layer.linear.", "final_layer.linear_2." } };
constexpr std::array headPartsOfDraft { Rename { "t_embedder.mlp.0.", "timestep_embedder.layer_1." },
                                        Rename { "t_embedder.mlp.2.", "timestep_embedder.layer_2." } };
constexpr std::array factors { Rename { "model.speech_scaling_factor", "model.latent_scaling_factor" },
                               Rename { "model.speech_bias_factor", "model.latent_bias_factor" } };

/** Removes `prefix` from the start of `text` if it is there. */
bool take (std::string_view& text, std::string_view prefix)
{
    if (! text.starts_with (prefix))
        return false;
    text.remove_prefix (prefix.size());
    return true;
}

/** Removes "12." and returns 12. */
std::optional<int> takeIndex (std::string_view& text)
{
    int index = 0;
    const auto [end, problem] = std::from_chars (text.data(), text.data() + text.size(), index);
    const auto digits = static_cast<std::size_t> (end - text.data());
    if (problem != std::errc() || index < 0 || digits > 4 || digits == text.size() || *end != '.')
        return std::nullopt;
    text.remove_prefix (digits + 1);
    return index;
}

enum class To
{
    Official,
    Converted
};

/** Renames the start of `rest` with the first entry that matches. */
std::optional<std::string> renamed (std::string_view rest, std::span<const Rename> table, To to)
{
    for (const auto& entry : table)
        if (take (rest, to == To::Official ? entry.converted : entry.official))
            return std::string (to == To::Official ? entry.official : entry.converted).append (rest);
    return std::nullopt;
}

std::string indexed (std::string_view before, int index, std::string_view after, std::string_view rest)
{
    return std::string (before).append (std::to_string (index)).append (after).append (rest);
}

/** One half of a codec: `layers` is downsample_layers or upsample_layers, `conv` is conv.conv or convtr.convtr. */
struct CodecHalf
{
    std::string_view official, converted, layers, conv;
};

constexpr std::array codecHalves {
    CodecHalf { "model.acoustic_tokenizer.encoder.", "model.audio_tower.encoder.", "downsample_layers.",
                "conv.conv." },
    CodecHalf { "model.acoustic_tokenizer.decoder.", "model.audio_tower.decoder.", "upsample_layers.",
                "convtr.convtr." },
    CodecHalf { "model.semantic_tokenizer.encoder.", "model.semantic_tokenizer_encoder.",
                "downsample_layers.", "conv.conv." }
};

/** Inside a stage: block index, then a leaf. */
std::string blockName (std::string_view rest, To to)
{
    const Rename mixer { "mixer.conv.conv.conv.", "mixer.conv." };
    const auto whole = rest;
    if (const auto block = takeIndex (rest))
        if (const auto leaf = renamed (rest, std::span (&mixer, 1), to))
            return indexed ("", *block, ".", *leaf);
    return std::string (whole);
}

std::string codecToOfficial (std::string_view rest, const CodecHalf& half)
{
    const auto whole = rest;
    if (take (rest, "stem.conv.conv."))
        return std::string (half.layers).append ("0.0.conv.conv.").append (rest);
    if (take (rest, "stem.stage."))
        return "stages.0." + blockName (rest, To::Official);
    if (take (rest, "head.conv."))
        return std::string ("head.conv.conv.").append (rest);
    if (take (rest, "conv_layers."))
        if (const auto index = takeIndex (rest))
        {
            if (take (rest, half.conv))
                return indexed (half.layers, *index + 1, ".0.", half.conv).append (rest);
            if (take (rest, "stage."))
                return indexed ("stages.", *index + 1, ".", blockName (rest, To::Official));
        }
    return std::string (whole);
}

std::string codecToConverted (std::string_view rest, const CodecHalf& half)
{
    const auto whole = rest;
    if (take (rest, "stages."))
    {
        if (const auto index = takeIndex (rest))
            return (*index == 0 ? "stem.stage." : indexed ("conv_layers.", *index - 1, ".stage.", "")) +
                   blockName (rest, To::Converted);
    }
    else if (take (rest, "head.conv.conv."))
        return std::string ("head.conv.").append (rest);
    else if (take (rest, half.layers))
        if (const auto index = takeIndex (rest); index && take (rest, "0."))
        {
            if (*index == 0 && take (rest, "conv.conv."))
                return std::string ("stem.conv.conv.").append (rest);
            if (*index > 0 && take (rest, half.conv))
                return indexed ("conv_layers.", *index - 1, ".", half.conv).append (rest);
        }
    return std::string (whole);
}

/** The part of a name after the diffusion head's prefix. */
std::string headName (std::string_view rest, To to)
{
    if (const auto part = renamed (rest, headParts, to))
        return *part;
    if (to == To::Official)
        if (const auto part = renamed (rest, headPartsOfDraft, to))
            return *part;
    const Rename modulation { "adaLN_modulation.1.", "linear." };
    const auto whole = rest;
    if (take (rest, "layers."))
        if (const auto layer = takeIndex (rest))
            if (const auto leaf = renamed (rest, std::span (&modulation, 1), to))
                return indexed ("layers.", *layer, ".", *leaf);
    return std::string (whole);
}
} // namespace

std::string officialTensorName (std::string_view name)
{
    auto rest = name;
    for (const auto& half : codecHalves)
        if (take (rest, half.converted))
            return std::string (half.official).append (codecToOfficial (rest, half));
    if (take (rest, "model.multi_modal_projector."))
        return "model.acoustic_connector." +
               renamed (rest, connectorParts, To::Official).value_or (std::string (rest));
    if (take (rest, "model.semantic_connector."))
        return "model.semantic_connector." +
               renamed (rest, connectorParts, To::Official).value_or (std::string (rest));
    if (take (rest, "model.diffusion_head."))
        return "model.prediction_head." + headName (rest, To::Official);
    return renamed (name, factors, To::Official).value_or (std::string (name));
}

std::string convertedTensorName (std::string_view officialName)
{
    auto rest = officialName;
    for (const auto& half : codecHalves)
        if (take (rest, half.official))
            return std::string (half.converted).append (codecToConverted (rest, half));
    if (take (rest, "model.acoustic_connector."))
        return "model.multi_modal_projector." +
               renamed (rest, connectorParts, To::Converted).value_or (std::string (rest));
    if (take (rest, "model.semantic_connector."))
        return "model.semantic_connector." +
               renamed (rest, connectorParts, To::Converted).value_or (std::string (rest));
    if (take (rest, "model.prediction_head."))
        return "model.diffusion_head." + headName (rest, To::Converted);
    return renamed (officialName, factors, To::Converted).value_or (std::string (officialName));
}

bool isLayerMatrix (std::string_view officialName)
{
    constexpr std::string_view matrices[] { "self_attn.q_proj.weight", "self_attn.k_proj.weight",
                                            "self_attn.v_proj.weight", "self_attn.o_proj.weight",
                                            "mlp.gate_proj.weight",    "mlp.up_proj.weight",
                                            "mlp.down_proj.weight" };
    auto rest = officialName;
    return take (rest, "model.language_model.layers.") && takeIndex (rest) &&
           std::ranges::find (matrices, rest) != std::end (matrices);
}
} // namespace tableread::engine
