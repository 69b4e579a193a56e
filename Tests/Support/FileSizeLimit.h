// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include <sys/resource.h>

namespace tableread::test
{
/** While one exists, no file of this process can grow beyond `bytes`: writing more fails, as on a full disk. */
class FileSizeLimit
{
public:
    explicit FileSizeLimit (rlim_t bytes) : handler (std::signal (SIGXFSZ, SIG_IGN))
    {
        ::getrlimit (RLIMIT_FSIZE, &before);
        const rlimit limit { bytes, before.rlim_max };
        ::setrlimit (RLIMIT_FSIZE, &limit);
    }

    ~FileSizeLimit()
    {
        ::setrlimit (RLIMIT_FSIZE, &before);
        std::signal (SIGXFSZ, handler);
    }

    FileSizeLimit (const FileSizeLimit&) = delete;
    FileSizeLimit& operator= (const FileSizeLimit&) = delete;

private:
    rlimit before {};
    void (*handler) (int);
};
} // namespace tableread::test
