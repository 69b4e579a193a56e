// SPDX-License-Identifier: Apache-2.0
#include "Core/SameFile.h"

#include <sys/stat.h>
#include <unistd.h>

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

bool isStandardOutput (const std::filesystem::path& path)
{
    struct stat named
    {
    };
    struct stat open
    {
    };
    return ::stat (path.c_str(), &named) == 0 && ::fstat (STDOUT_FILENO, &open) == 0 &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}
} // namespace tableread
