// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Checkpoint/Checkpoint.h"

namespace tableread::engine
{
/** What is odd about a checkpoint and yet no reason to refuse it, each in a sentence: today, a config.json whose
    tie_word_embeddings is not what the file holds. Reads a few rows at most. Torch-free. */
std::vector<std::string> notesOn (const Checkpoint& checkpoint);
} // namespace tableread::engine
