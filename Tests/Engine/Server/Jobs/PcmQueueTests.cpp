// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <limits>
#include <thread>

#include <catch2/catch.hpp>

#include "Server/Jobs/PcmQueue.h"

using namespace tableread;
using namespace tableread::engine;

TEST_CASE ("A queue hands over samples in order, then its end", "[engine][server][queue]")
{
    PcmQueue queue;
    std::vector<float> out;
    int wakes = 0;
    queue.onReadable ([&wakes] { ++wakes; });
    CHECK (wakes == 0);
    queue.push (std::vector<float> { 1, 2 });
    queue.push (std::vector<float> { 3 });
    CHECK (queue.unread() == 3);
    CHECK (wakes == 2);
    CHECK (queue.take (out) == PcmQueue::State::Open);
    CHECK (out == std::vector<float> { 1, 2, 3 });
    CHECK (! queue.ended());

    queue.push (std::vector<float> { 4 });
    const bool well = GENERATE (true, false);
    if (well)
        queue.finish();
    else
        queue.fail ({ ErrorCode::Io, "broken", {} });
    CHECK (queue.take (out) == (well ? PcmQueue::State::Done : PcmQueue::State::Failed));
    CHECK (out == std::vector<float> { 1, 2, 3, 4 });
    CHECK (queue.error().message == (well ? "" : "broken"));
    CHECK (wakes == 4);
    CHECK (queue.ended());
    bool isTold = false;
    queue.onReadable ([&isTold] { isTold = true; }); // a reader that comes late
    CHECK (isTold);
}

TEST_CASE ("A queue hands over a few milliseconds of work at once, and says that there is more",
           "[engine][server][queue]")
{
    PcmQueue queue;
    int wakes = 0;
    queue.onReadable ([&wakes] { ++wakes; });
    queue.push (std::vector<float> (PcmQueue::mostAtOnce + 1, 1.0f));
    queue.push (std::vector<float> (PcmQueue::mostAtOnce, 2.0f));
    queue.finish();
    CHECK (wakes == 3);
    std::vector<float> out;
    CHECK (queue.take (out) == PcmQueue::State::Open);
    CHECK (out == std::vector<float> (PcmQueue::mostAtOnce, 1.0f));
    CHECK (queue.unread() == PcmQueue::mostAtOnce + 1);
    CHECK (wakes == 4);
    CHECK (queue.take (out) == PcmQueue::State::Open);
    CHECK (wakes == 5);
    CHECK (queue.take (out) == PcmQueue::State::Done);
    CHECK (wakes == 5);
    CHECK (out.size() == 2 * PcmQueue::mostAtOnce + 1);
    CHECK (out[PcmQueue::mostAtOnce] == 1.0f);
    CHECK (out[PcmQueue::mostAtOnce + 1] == 2.0f);
}

TEST_CASE ("Queues count together what is unread, as long as they have it", "[engine][server][queue]")
{
    const auto all = std::make_shared<UnreadSpeech> (8 * sizeof (float));
    PcmQueue one (all);
    {
        PcmQueue other (all);
        one.push (std::vector<float> (5));
        CHECK (all->hasRoom());
        other.push (std::vector<float> (1));
        CHECK (! all->hasRoom());
        CHECK (! all->isFull());
        other.push (std::vector<float> (2));
        CHECK (all->isFull());
        other.abandon();
        other.push (std::vector<float> (100)); // which nobody keeps
    }
    CHECK (all->hasRoom());
    one.push (std::vector<float> (3));
    CHECK (all->isFull());
    std::vector<float> out;
    one.take (out);
    one.push (std::vector<float> (5));
    CHECK (all->hasRoom());
    one.push (std::vector<float> (1));
    CHECK (! all->hasRoom());
}

TEST_CASE ("A queue that was abandoned wakes nobody any more", "[engine][server][queue]")
{
    PcmQueue queue;
    int wakes = 0;
    queue.onReadable ([&wakes] { ++wakes; });
    queue.abandon();
    CHECK (wakes == 1);
    queue.push (std::vector<float> { 1 });
    CHECK (queue.unread() == 0);
    queue.finish();
    queue.onReadable ([&wakes] { ++wakes; });
    CHECK (wakes == 1);
    CHECK (queue.isUnwanted());
}

TEST_CASE ("A reader on another thread gets everything in order, and what it leaves is dropped",
           "[engine][server][queue][threads]")
{
    constexpr int total = 20'000;
    PcmQueue queue;
    const bool readerLeaves = GENERATE (false, true);
    const int readerLeavesAt = readerLeaves ? total / 4 : std::numeric_limits<int>::max();
    std::thread writer ([&] {
        for (int i = 0; i < total; ++i)
            queue.push (std::vector<float> { static_cast<float> (i) });
        queue.finish();
    });
    std::atomic<int> wakes { 0 };
    queue.onReadable ([&wakes] {
        ++wakes;
        wakes.notify_one();
    });
    std::vector<float> out;
    auto state = PcmQueue::State::Open;
    while (state == PcmQueue::State::Open && static_cast<int> (out.size()) < readerLeavesAt)
    {
        const auto before = out.size();
        const int seen = wakes;
        state = queue.take (out);
        if (out.size() == before && state == PcmQueue::State::Open)
            wakes.wait (seen);
    }
    queue.abandon();
    writer.join();
    bool ordered = true;
    for (std::size_t i = 0; i < out.size(); ++i)
        ordered = ordered && out[i] == static_cast<float> (i);
    CHECK (ordered);
    if (! readerLeaves)
    {
        CHECK (state == PcmQueue::State::Done);
        CHECK (static_cast<int> (out.size()) == total);
    }
    else if (queue.isUnwanted()) // the writer had not finished
        CHECK (queue.unread() <= static_cast<std::size_t> (total) - out.size());
}
