// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/Display.h"

#if defined(__linux__) || defined(__FreeBSD__)
#include <dlfcn.h>

namespace tableread::plugin
{
// As JUCE does, Xlib is loaded and not linked, so that the plugin loads where there is none.
bool hasDisplay()
{
    static void* const library = ::dlopen ("libX11.so.6", RTLD_LAZY | RTLD_LOCAL);
    if (library == nullptr)
        return false;
    const auto initThreads = reinterpret_cast<int (*)()> (::dlsym (library, "XInitThreads"));
    const auto open = reinterpret_cast<void* (*) (const char*)> (::dlsym (library, "XOpenDisplay"));
    const auto close = reinterpret_cast<int (*) (void*)> (::dlsym (library, "XCloseDisplay"));
    if (initThreads == nullptr || open == nullptr || close == nullptr)
        return false;
    initThreads(); // has to be the first call of all
    auto* const display = open (nullptr);
    if (display != nullptr)
        close (display);
    return display != nullptr;
}
} // namespace tableread::plugin
#else
namespace tableread::plugin
{
bool hasDisplay()
{
    return true;
}
} // namespace tableread::plugin
#endif
