// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "Text/Tokenizer.h"

namespace tableread::test
{
inline const std::filesystem::path root = TABLEREAD_ROOT;

/** Qwen2.5's real ids, as many of its tokens as the prompt's texts need (Tests/Data/tokenizer/README.md). */
inline std::unique_ptr<engine::Tokenizer> qwen()
{
    std::ifstream file (root / "Tests/Data/tokenizer/qwen-part.json");
    return engine::Tokenizer::parse (std::string { std::istreambuf_iterator<char> (file), {} });
}
} // namespace tableread::test
