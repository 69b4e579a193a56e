// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/Links.h"

#include "Core/Error.h"

namespace tableread::engine
{
bool isDangling (const std::filesystem::path& path)
{
    std::error_code none;
    return std::filesystem::is_symlink (path, none) && ! std::filesystem::exists (path, none);
}

void refuseDangling (const std::filesystem::path& path)
{
    if (! isDangling (path))
        return;
    std::error_code none;
    fail (ErrorCode::NotFound,
          "is a link to " + std::filesystem::read_symlink (path, none).string() +
              ", which is not there: an unfinished download, or a copy of the links alone. Download it "
              "again; hf "
              "download goes on where it stopped.",
          path.string());
}
} // namespace tableread::engine
