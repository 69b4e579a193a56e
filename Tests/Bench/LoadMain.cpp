// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include <sys/resource.h>

#include "Bench/LoadCommand.h"

int main (int argc, char** argv)
{
    rlimit limit {};
    if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
        limit.rlim_cur = limit.rlim_max; // each client takes a descriptor
        setrlimit (RLIMIT_NOFILE, &limit);
    }
    return tableread::test::runLoadCommand ({ argv + 1, argv + argc }, std::cout, std::cerr);
}
