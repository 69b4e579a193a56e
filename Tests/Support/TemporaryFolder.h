// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace tableread
{
/** A new, empty folder that is removed with all that is in it. Its path is short enough for a socket's. */
class TemporaryFolder
{
public:
    TemporaryFolder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "tableread-test-XXXXXX").string();
        if (mkdtemp (pattern.data()) == nullptr)
            throw std::runtime_error ("no temporary folder can be made");
        path = pattern;
    }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all (path, ignored);
    }
    TemporaryFolder (const TemporaryFolder&) = delete;
    TemporaryFolder& operator= (const TemporaryFolder&) = delete;

    std::filesystem::path path;
};
} // namespace tableread
