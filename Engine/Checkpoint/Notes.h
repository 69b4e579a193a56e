// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Checkpoint/Checkpoint.h"

namespace tableread::engine
{
/** What is unusual about a checkpoint but no reason to refuse it, one sentence each: a config.json whose
    tie_word_embeddings contradicts the file, and tensors that are not used. Reads at most a few rows. Torch-free. */
std::vector<std::string> notesOn (const Checkpoint& checkpoint);
} // namespace tableread::engine
