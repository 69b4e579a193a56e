// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <poll.h>
#include <thread>

#include <catch2/catch.hpp>

#include "Server/PcmQueue.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
bool readable (const PcmQueue& queue, int waitMs = 0)
{
    pollfd fd { queue.readableFd(), POLLIN, 0 };
    return poll (&fd, 1, waitMs) > 0;
}
} // namespace

TEST_CASE ("A queue hands over samples in order, then its end", "[engine][server][queue]")
{
    PcmQueue queue (100);
    std::vector<float> out;
    CHECK (! readable (queue));
    CHECK (queue.push (std::vector<float> { 1, 2 }));
    CHECK (queue.push (std::vector<float> { 3 }));
    CHECK (readable (queue));
    CHECK (queue.take (out) == PcmQueue::State::Open);
    CHECK (out == std::vector<float> { 1, 2, 3 });
    CHECK (! readable (queue));

    queue.push (std::vector<float> { 4 });
    const bool well = GENERATE (true, false);
    if (well)
        queue.finish();
    else
        queue.fail ({ ErrorCode::Io, "broken", {} });
    CHECK (queue.take (out) == (well ? PcmQueue::State::Done : PcmQueue::State::Failed));
    CHECK (out == std::vector<float> { 1, 2, 3, 4 });
    CHECK (queue.error().message == (well ? "" : "broken"));
    CHECK (readable (queue)); // an end can be asked for again
}

TEST_CASE ("A full queue holds the writer until the reader takes or leaves",
           "[engine][server][queue][threads]")
{
    constexpr int total = 20'000;
    PcmQueue queue (64);
    const bool readerLeaves = GENERATE (false, true);
    const int readerLeavesAt = readerLeaves ? total / 4 : std::numeric_limits<int>::max();
    int pushed = 0;
    std::thread writer ([&] {
        while (pushed < total && queue.push (std::vector<float> { static_cast<float> (pushed) }))
            ++pushed;
        queue.finish();
    });
    std::vector<float> out;
    std::size_t largest = 0;
    auto state = PcmQueue::State::Open;
    while (state == PcmQueue::State::Open && static_cast<int> (out.size()) < readerLeavesAt)
    {
        readable (queue, 1000);
        const auto before = out.size();
        state = queue.take (out);
        largest = std::max (largest, out.size() - before);
    }
    queue.abandon();
    writer.join();
    CHECK (largest <= 64);
    CHECK (state == (readerLeaves ? PcmQueue::State::Open : PcmQueue::State::Done));
    CHECK (queue.abandoned() == readerLeaves);
    bool ordered = true;
    for (std::size_t i = 0; i < out.size(); ++i)
        ordered = ordered && out[i] == static_cast<float> (i);
    CHECK (ordered);
    CHECK ((readerLeaves ? pushed <= static_cast<int> (out.size()) + 64
                         : pushed == total && static_cast<int> (out.size()) == total));
}
