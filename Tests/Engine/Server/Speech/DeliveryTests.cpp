// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "Server/Speech/Delivery.h"
#include "Support/Eventually.h"

using namespace tableread;
using namespace tableread::engine;
using protocol::Container;
using test::eventually;

namespace
{
/** What is posted to an I/O thread, which the test is. */
class Posts
{
public:
    void add (std::function<void()> work)
    {
        const std::lock_guard lock (mutex);
        waiting.push_back (std::move (work));
    }

    void run()
    {
        std::vector<std::function<void()>> now;
        {
            const std::lock_guard lock (mutex);
            now.swap (waiting);
        }
        for (const auto& work : now)
            work();
    }

private:
    std::mutex mutex;
    std::vector<std::function<void()>> waiting;
};
} // namespace

TEST_CASE ("An answer goes on whose first frame gave no bytes and whose rest came while its head was sent",
           "[engine][server][encoder]")
{
    const auto container = GENERATE (Container::Mp3, Container::Flac, Container::Pcm);
    Posts posts;
    std::atomic<int> wakes { 0 };
    EncoderPool pool;
    const auto job = std::make_shared<SpeechJob>();
    const auto speech =
        std::make_shared<SpeechEncoding> (job, SpeechEncoder::Format { .container = container }, pool);
    std::optional<HttpAnswer> answer;
    const auto exchange = std::make_shared<Exchange> (
        HttpRequest {},
        Exchange::Connection {
            .send = [&answer] (HttpAnswer sent) { answer = std::move (sent); },
            .post = [&posts] (std::function<void()> work) { posts.add (std::move (work)); } });
    const auto delivery = std::make_shared<Delivery> (exchange, speech, Delivery::Format {});
    delivery->begin();
    job->queue.push (std::vector<float> (320, 0.1f));
    REQUIRE (eventually ([&] {
        posts.run();
        return answer.has_value();
    }));
    answer->stream->begin ([&wakes] { ++wakes; });
    job->queue.push (std::vector<float> (1'280, 0.1f));
    job->queue.finish();
    wakes = 0; // they came while the head was sent
    std::string bytes;
    auto state = answer->stream->take (bytes);
    while (state == BodySource::State::Open) // as a connection does: nothing, so it waits; else it takes more
    {
        const bool isSilent = std::exchange (bytes, {}).empty();
        REQUIRE ((! isSilent || eventually ([&] { return wakes > 0; })));
        wakes = 0;
        state = answer->stream->take (bytes);
    }
    CHECK (state == BodySource::State::Done);
}
