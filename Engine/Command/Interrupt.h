// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace tableread::engine
{
/** While one exists, the first Ctrl-C (or SIGTERM) is only remembered, so that what is rendered can be kept; a second
    one ends the process as usual. One at a time. */
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    Interrupt (const Interrupt&) = delete;
    Interrupt& operator= (const Interrupt&) = delete;

    bool came() const { return signal() != 0; }

    /** As a shell tells it: 130 after Ctrl-C. */
    int exitCode() const { return 128 + signal(); }

private:
    static int signal();

    struct sigaction onInterrupt
    {
    }, onTerminate {}; // what was before
};
} // namespace tableread::engine
