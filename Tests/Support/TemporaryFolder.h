// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace tableread::test
{
/** A fresh folder of mode 0700 that is removed with its content at the end of its scope. */
class TemporaryFolder
{
public:
    TemporaryFolder()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "tableread-test-XXXXXX").string();
        if (::mkdtemp (pattern.data()) == nullptr)
            throw std::runtime_error ("no temporary folder can be made in " +
                                      std::filesystem::temp_directory_path().string());
        folder = pattern;
    }

    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all (folder, ignored);
    }

    TemporaryFolder (const TemporaryFolder&) = delete;
    TemporaryFolder& operator= (const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return folder; }

private:
    std::filesystem::path folder;
};
} // namespace tableread::test
