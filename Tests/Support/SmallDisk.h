// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <sched.h>
#include <string>
#include <sys/mount.h>

namespace tableread::test
{
/** A file system of its own on a folder, which programs that this thread starts afterwards see too, and nobody else. Only
    root can make one. */
class SmallDisk
{
public:
    /** limits: what tmpfs knows: "size=256k", "nr_inodes=8". */
    SmallDisk (std::filesystem::path place, const std::string& limits) : folder (std::move (place))
    {
        static const bool isApart = ::unshare (CLONE_NEWNS) == 0 &&
                                    ::mount (nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        std::filesystem::create_directories (folder);
        mounted = isApart && mount (limits, 0);
    }
    ~SmallDisk()
    {
        if (mounted)
            ::umount2 (folder.c_str(), MNT_DETACH);
    }
    SmallDisk (const SmallDisk&) = delete;
    SmallDisk& operator= (const SmallDisk&) = delete;

    bool isMounted() const { return mounted; }

    /** Gives it other limits. */
    bool change (const std::string& limits) { return mount (limits, MS_REMOUNT); }

    /** Lets nobody write to it, root neither. */
    bool makeReadOnly()
    {
        return ::mount (nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
    }

private:
    bool mount (const std::string& limits, unsigned long how) const
    {
        return ::mount ("tmpfs", folder.c_str(), "tmpfs", how, (limits + ",mode=0700").c_str()) == 0;
    }

    std::filesystem::path folder;
    bool mounted = false;
};
} // namespace tableread::test
