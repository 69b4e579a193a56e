// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tableread::engine
{
/** What a tensor's name says about a file whose weights are not those of the model until something else is done to them.
    To ignore such a tensor is to speak noise, or as an untrained model. */
struct ForeignTensor
{
    enum class Kind
    {
        Lora,     // a low-rank change of a weight, or of its kin
        Quantiser // the state of a quantiser whose numbers are not plain int8 or float8
    };
    Kind kind;
    std::string_view maker; // "bitsandbytes"; for Quantiser
};

/** Empty for a name that says nothing of the kind. */
std::optional<ForeignTensor> foreignTensor (std::string_view name);

/** The end of a sentence that begins with what was found: what to do. */
std::string wayOutOf (const ForeignTensor& tensor);

/** Whether a config.json's quant_method may be one of plain int8 or float8 with scales, which the tensors then show. */
bool mayBePlainBytes (std::string_view quantMethod);
} // namespace tableread::engine
