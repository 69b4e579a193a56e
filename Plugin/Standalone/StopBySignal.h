// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "Core/Process/Interrupt.h"
#include "Playback/Stage.h"

namespace tableread::plugin
{
/** While one exists, Ctrl-C, SIGTERM and SIGHUP let a bounce stop: its stage waits for nothing any more, and what does not end by
    itself soon is ended. */
class StopBySignal
{
public:
    /** @param lastWords  is called before the program is ended where it is stuck. [a thread of its own] */
    explicit StopBySignal (std::function<void()> lastWords);
    ~StopBySignal();

    bool came() const { return interrupt.came(); }
    int exitCode() const { return interrupt.exitCode(); }

    /** The stage of a bounce, for as long as this exists: one that is to be broken off. */
    class Breaking
    {
    public:
        Breaking (StopBySignal& wanted, playback::Stage& stage);
        ~Breaking();
        Breaking (const Breaking&) = delete;
        Breaking& operator= (const Breaking&) = delete;

    private:
        StopBySignal& owner;
    };

private:
    void endSoon();

    const std::function<void()> sayLast;
    std::mutex mutex; // guards what follows
    std::condition_variable ended;
    playback::Stage* waiting = nullptr;
    bool hasPlayed = false, isOver = false;
    Interrupt interrupt; // last: its thread ends first
};
} // namespace tableread::plugin
