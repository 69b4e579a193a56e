// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tableread::engine
{
/** Tensors have two sets of names: those of the official checkpoints, which this engine uses, and those of checkpoints
    converted for transformers (both its released names and an earlier draft's). A name of neither set is unchanged,
    and so is the rest after a known part, such as `_scale`. */
std::string officialTensorName (std::string_view name);

/** The released transformers name for an official one; the inverse of officialTensorName(). */
std::string convertedTensorName (std::string_view officialName);

/** True for the seven matrices of a decoder layer of the language model, which may be kept in 8 bits. */
bool isLayerMatrix (std::string_view officialName);
} // namespace tableread::engine
