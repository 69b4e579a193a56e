// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Parallel.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <atomic>
#include <thread>
#include <vector>

namespace tableread::engine::kernels
{
namespace
{
/** A frame is some hundred calls of some ten microseconds each. Waking a sleeping thread takes too long, so a thread spins for
    about 50 microseconds first. Spinning longer would take processor time from working threads on a busy machine. */
constexpr int looks = 4000;
constexpr std::int64_t rangesOfAThread = 4; // so that a delayed thread delays the others little

thread_local int ownIndex = 0;
thread_local bool isWorking = false; // in a body

int wait (const std::atomic<int>& value, int whileItIs)
{
    for (int i = 0; i < looks; ++i)
    {
        if (const int now = value.load (std::memory_order_acquire); now != whileItIs)
            return now;
        __builtin_ia32_pause();
    }
    value.wait (whileItIs, std::memory_order_acquire);
    return value.load (std::memory_order_acquire);
}

/** A thread pool for one caller at a time: callers take turns, in the order in which they come. A helper touches the job only
    while it is counted in `inside` and `open` is set. The caller clears `open` and waits until `inside` is 0 before it
    returns. */
class Pool
{
public:
    ~Pool()
    {
        stopping = true;
        call();
        for (auto& helper : helpers)
            helper.join();
    }

    void run (std::int64_t count, std::int64_t size,
              const std::function<void (std::int64_t, std::int64_t)>& body)
    {
        const int turn = turns++;
        for (int now = served; now != turn;)
            now = wait (served, now);
        while ((int) helpers.size() < wanted - 1)
            helpers.emplace_back (
                [this, index = (int) helpers.size() + 1, seen = calls.load()] { help (index, seen); });
        work = &body;
        range = size;
        if ((int) shares.size() != wanted)
            shares = std::vector<Share> ((std::size_t) wanted);
        const auto ranges = (count + size - 1) / size;
        const auto share = (ranges + wanted - 1) / wanted * size;
        for (int i = 0; i < wanted; ++i)
        {
            shares[(std::size_t) i].next = std::min (i * share, count);
            shares[(std::size_t) i].end = std::min ((i + 1) * share, count);
        }
        open = true;
        call();
        takeRanges();
        open = false;
        for (int left = inside; left != 0;)
            left = wait (inside, left);
        ++served;
        served.notify_all();
    }

    std::atomic<int> wanted { (int) std::thread::hardware_concurrency() };

private:
    void call()
    {
        ++calls;
        calls.notify_all();
    }

    void help (int index, int seen)
    {
        ownIndex = index;
        at::globalContext().setFlushDenormal (true);
        while (true)
        {
            seen = wait (calls, seen);
            if (stopping)
                return;
            ++inside;
            if (open && index < wanted)
                takeRanges();
            --inside;
            inside.notify_one();
        }
    }

    /** Its own share first, which is the same in the next call of this size: its weights are in this core's cache. */
    void takeRanges()
    {
        isWorking = true;
        for (int i = 0; i < wanted; ++i)
        {
            auto& share = shares[(std::size_t) ((ownIndex + i) % wanted)];
            for (auto begin = share.next.fetch_add (range); begin < share.end;
                 begin = share.next.fetch_add (range))
                (*work) (begin, std::min (begin + range, share.end));
        }
        isWorking = false;
    }

    struct alignas (64) Share // a cache line each
    {
        std::atomic<std::int64_t> next { 0 };
        std::int64_t end = 0;
    };

    const std::function<void (std::int64_t, std::int64_t)>* work = nullptr;
    std::int64_t range = 0;
    std::vector<Share> shares; // one a thread
    std::atomic<bool> open { false }, stopping { false };
    std::atomic<int> calls { 0 }, inside { 0 }, turns { 0 }, served { 0 };
    std::vector<std::thread> helpers;
};

Pool& pool()
{
    static Pool only;
    return only;
}
} // namespace

void parallelFor (std::int64_t count, std::int64_t grain,
                  const std::function<void (std::int64_t, std::int64_t)>& body)
{
    at::globalContext().setFlushDenormal (true);
    grain = std::max<std::int64_t> (grain, 1);
    const auto ranges =
        threads() == 1 ? 1 : std::min ((count + grain - 1) / grain, threads() * rangesOfAThread);
    if (ranges <= 1 || isWorking)
        return body (0, count);
    pool().run (count, (count + ranges - 1) / ranges, body);
}

void setThreads (int threads)
{
    pool().wanted = threads > 0 ? threads : (int) std::thread::hardware_concurrency();
    at::set_num_threads (1);
}

int threads()
{
    return pool().wanted;
}

int threadIndex()
{
    return ownIndex;
}
} // namespace tableread::engine::kernels
