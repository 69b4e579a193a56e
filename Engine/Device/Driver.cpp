// SPDX-License-Identifier: Apache-2.0
#include "Device/Driver.h"

#include <dlfcn.h>

namespace tableread::engine
{
bool hasCudaDriver (const char* library)
{
    void* const driver = ::dlopen (library, RTLD_LAZY | RTLD_LOCAL);
    if (driver != nullptr)
        ::dlclose (driver);
    return driver != nullptr;
}
} // namespace tableread::engine
