// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tableread::test
{
/** All bytes of a file; none if it is not there. */
inline std::string contentOf (const std::filesystem::path& file)
{
    std::ifstream stream (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (stream), {} };
}
} // namespace tableread::test
