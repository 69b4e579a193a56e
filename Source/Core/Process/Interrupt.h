// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace tableread
{
/** While one exists, Ctrl-C, SIGTERM and SIGHUP are only recorded, so that finished speech can be kept. SIGHUP stays
    ignored where it was (nohup). One at a time. */
class Interrupt
{
public:
    /** What a second signal does. */
    enum class Second
    {
        EndsPatience,
        IsIgnored // a scheduler sends one to all of a job's processes, and their parent passes it on
    };

    /** A second signal ends the process as usual. */
    Interrupt();

    /** For work that cannot always stop by itself: `whenStuck` is called, once and on a thread of its own, if this
        object still exists so long after a signal, or at once after a second one. */
    explicit Interrupt (std::function<void()> whenStuck, int patienceMs = 500,
                        Second second = Second::EndsPatience);

    ~Interrupt();
    Interrupt (const Interrupt&) = delete;
    Interrupt& operator= (const Interrupt&) = delete;

    bool came() const { return signal() != 0; }

    /** As in a shell: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP. */
    int exitCode() const { return 128 + signal(); }

private:
    static int signal();
    void install (int flags);
    void watch();
    bool wait (int milliseconds) const; // true: a signal came in that time

    std::array<struct sigaction, 3> before {}; // the previous handlers
    std::function<void()> stuck;
    int patience = 0; // in ms
    Second again = Second::EndsPatience;
    int wake = -1; // an eventfd
    std::atomic<bool> ends { false };
    std::thread watcher;
};
} // namespace tableread
