// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/ForeignTensors.h"

#include <algorithm>
#include <array>

namespace tableread::engine
{
namespace
{
struct Sign
{
    std::string_view piece; // between two dots of a name
    std::string_view maker;
};

// What the tools write next to, or in place of, a weight. Compared without case.
constexpr std::array quantiserSigns {
    Sign { "absmax", "bitsandbytes" },
    Sign { "quant_map", "bitsandbytes" },
    Sign { "nested_absmax", "bitsandbytes" },
    Sign { "nested_quant_map", "bitsandbytes" },
    Sign { "quant_state", "bitsandbytes" },
    Sign { "scb", "bitsandbytes" },
    Sign { "weight_format", "bitsandbytes" },
    Sign { "g_idx", "GPTQ" },
    Sign { "qweight", "GPTQ or AWQ" },
    Sign { "qzeros", "GPTQ or AWQ" },
    Sign { "scales", "GPTQ or AWQ" },
    Sign { "q_weight", "EXL2" },
    Sign { "q_scale_max", "EXL2" },
    Sign { "q_invperm", "EXL2" },
    Sign { "trellis", "EXL3" },
    Sign { "w_q", "HQQ" },
    Sign { "weight_scales", "EETQ" },
    Sign { "weight_blocks", "MXFP4" },
    Sign { "_data", "quanto" },
    Sign { "qdata", "torchao" },
    Sign { "_weight_qdata", "torchao" },
    Sign { "weight_qdata", "torchao" },
    Sign { "codebooks", "AQLM" },
    Sign { "wscales", "SVDQuant" },
    Sign { "weight_packed", "compressed-tensors" },
    Sign { "weight_zero_point", "compressed-tensors" },
    Sign { "weight_g_idx", "compressed-tensors" },
    Sign { "weight_global_scale", "compressed-tensors" },
    Sign { "weight_scale_2", "ModelOpt" },
};

constexpr std::array<std::string_view, 10> loraBegins { "lora_", "hada_", "lokr_", "loha_", "oft_",
                                                        "boft_", "ia3_",  "vera_", "dora_", "glora_" };
constexpr std::array<std::string_view, 4> loraNames { "lora", "base_layer", "modules_to_save",
                                                      "original_module" };

constexpr std::array<std::string_view, 6> plainMethods { "fp8",      "compressed-tensors", "fbgemm_fp8",
                                                         "modelopt", "finegrained_fp8",    "quark" };

char lower (char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char> (c - 'A' + 'a') : c;
}

std::optional<ForeignTensor> ofPiece (std::string_view piece)
{
    if (std::ranges::find (loraNames, piece) != loraNames.end() ||
        std::ranges::any_of (loraBegins, [piece] (auto begin) { return piece.starts_with (begin); }))
        return ForeignTensor { ForeignTensor::Kind::Lora, {} };
    const auto* const sign = std::ranges::find (quantiserSigns, piece, &Sign::piece);
    if (sign != quantiserSigns.end())
        return ForeignTensor { ForeignTensor::Kind::Quantiser, sign->maker };
    return std::nullopt;
}
} // namespace

std::optional<ForeignTensor> foreignTensor (std::string_view name)
{
    std::string lowered (name);
    std::ranges::transform (lowered, lowered.begin(), lower);
    for (std::string_view rest = lowered; ! rest.empty();)
    {
        const auto dot = std::min (rest.find ('.'), rest.size());
        if (const auto found = ofPiece (rest.substr (0, dot)))
            return found;
        rest.remove_prefix (std::min (dot + 1, rest.size()));
    }
    return std::nullopt;
}

std::string wayOutOf (const ForeignTensor& tensor)
{
    if (tensor.kind == ForeignTensor::Kind::Lora)
        return "Merge it into the model's weights (with PEFT: merge_and_unload(), then save_pretrained()), "
               "and give "
               "the folder of the merged checkpoint.";
    return "Take the bf16 checkpoint that it was made from, with --weights int8 for half the memory.";
}

bool mayBePlainBytes (std::string_view quantMethod)
{
    return std::ranges::find (plainMethods, quantMethod) != plainMethods.end();
}
} // namespace tableread::engine
