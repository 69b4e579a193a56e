// SPDX-License-Identifier: Apache-2.0
#include "Core/SameFile.h"

#include <sys/stat.h>

namespace tableread
{
bool isSameFile (const std::filesystem::path& a, const std::filesystem::path& b)
{
    struct stat first
    {
    };
    struct stat second
    {
    };
    return ::stat (a.c_str(), &first) == 0 && S_ISREG (first.st_mode) && ::stat (b.c_str(), &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}
} // namespace tableread
