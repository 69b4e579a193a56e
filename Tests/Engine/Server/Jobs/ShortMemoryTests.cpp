// SPDX-License-Identifier: Apache-2.0
// Whoever wakes a reader may find no memory for it. Nobody else waits for that.
#include <atomic>
#include <new>
#include <thread>

#include <catch2/catch.hpp>

#include "Engine/Server/Jobs/JobOf.h"
#include "Server/Speech/Encoding.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
constexpr int allTries = 100; // of insist()

/** Has no memory until it is told that it has. */
struct ShortOfMemory
{
    void operator()()
    {
        ++tries;
        if (isShort)
            throw std::bad_alloc();
        ++wakes;
    }

    std::atomic<bool> isShort { true };
    std::atomic<int> tries { 0 }, wakes { 0 };
};
} // namespace

TEST_CASE ("A queue stays open to all while its writer waits for memory to wake the reader",
           "[engine][server][queue][threads]")
{
    ShortOfMemory wake;
    PcmQueue queue;
    queue.onReadable ([&wake] { wake(); });
    std::thread writer ([&queue] {
        queue.push (std::vector<float> { 1, 2 });
        queue.finish();
    });
    REQUIRE (eventually ([&wake] { return wake.tries > 0; }));
    CHECK (queue.unread() == 2);
    CHECK (wake.tries < allTries);
    wake.isShort = false;
    writer.join();
    CHECK (wake.wakes == 2);
    std::vector<float> heard;
    CHECK (queue.take (heard) == PcmQueue::State::Done);
}

TEST_CASE ("A reader for whom there is no memory hears of it, and loses nothing", "[engine][server][queue]")
{
    ShortOfMemory wake;
    wake.isShort = false;
    PcmQueue queue;
    queue.onReadable ([&wake] { wake(); });
    queue.push (std::vector<float> (PcmQueue::mostAtOnce + 1));
    wake.isShort = true;
    std::vector<float> heard;
    CHECK_THROWS_AS (queue.take (heard), std::bad_alloc);
    CHECK (heard.empty());
    CHECK_THROWS_AS (queue.onReadable ([&wake] { wake(); }), std::bad_alloc);
    CHECK (wake.tries == 3); // on the thread that serves all nothing is tried again
    wake.isShort = false;
    CHECK (queue.take (heard) == PcmQueue::State::Open);
    CHECK (queue.take (heard) == PcmQueue::State::Open);
    CHECK (heard.size() == PcmQueue::mostAtOnce + 1);
}

TEST_CASE ("Whoever cancels or leaves does not wait for memory", "[engine][server][queue][cancel]")
{
    ShortOfMemory wake;
    PcmQueue queue;
    queue.onReadable ([&wake] { wake(); });
    const bool isCancelled = GENERATE (true, false);
    isCancelled ? queue.cancel() : queue.abandon();
    CHECK (wake.tries == 1);
    CHECK (queue.isUnwanted());
    wake.isShort = false;
    queue.finish(); // as the render thread does
    CHECK (wake.wakes == (isCancelled ? 1 : 0));
}

TEST_CASE ("A job's progress waits for no memory, and is told with the next change", "[engine][server][jobs]")
{
    ShortOfMemory wake;
    JobProgress progress;
    progress.onChange ([&wake] { wake(); });
    progress.waits (2);
    progress.waits (1);
    CHECK (wake.tries == 2);
    wake.isShort = false;
    progress.prepares();
    CHECK (wake.wakes == 1);
    CHECK (progress.state().phase == JobProgress::Phase::Preparing);
}

TEST_CASE ("A job that is cancelled in the queue tells its reader twice", "[engine][server][worker][cancel]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 2'000;
    control->frameMs = 1;
    ShortOfMemory wake;
    const auto waiting = jobOf ("waiting");
    waiting->queue.onReadable ([&wake] { wake(); });
    RenderWorker worker (fakeModel (control), withSeats (1));
    worker.waitUntilLoaded();
    REQUIRE (worker.submit (jobOf ("story")));
    REQUIRE (worker.submit (waiting));
    REQUIRE (eventually ([&] { return worker.load().waiting == 1; }));
    waiting->queue.cancel();
    CHECK (wake.wakes == 0);
    wake.isShort = false;
    CHECK (eventually ([&] { return wake.wakes > 0; }));
}

TEST_CASE ("A piece can be taken while its encoder waits for memory to wake the reader",
           "[engine][server][encoder][threads]")
{
    ShortOfMemory wake;
    const auto reader = std::this_thread::get_id();
    EncoderPool pool;
    const auto job = std::make_shared<SpeechJob>();
    const auto speech = std::make_shared<SpeechEncoding> (
        job, SpeechEncoder::Format { .container = protocol::Container::Flac }, pool);
    speech->onReadable ([&] {
        if (std::this_thread::get_id() != reader)
            wake();
    });
    job->queue.push (std::vector<float> (PcmQueue::mostAtOnce));
    CHECK (speech->take().samples == 0); // it has only begun
    REQUIRE (eventually ([&wake] { return wake.tries > 0; }));
    CHECK (speech->take().samples == PcmQueue::mostAtOnce);
    CHECK (wake.tries < allTries);
    speech->abandon();
}
