// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/Encoding.h"

#include <array>
#include <atomic>
#include <ctime>
#include <future>
#include <iostream>
#include <pthread.h>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using protocol::Container;

namespace
{
/** A reader of a job's speech. */
struct Reader
{
    explicit Reader (const SpeechEncoder::Format& format)
        : speech (std::make_shared<SpeechEncoding> (job, format, pool))
    {
        speech->onReadable ([this] { ++wakes; });
    }
    ~Reader() { speech->abandon(); }
    Reader (const Reader&) = delete;
    Reader& operator= (const Reader&) = delete;

    /** The next piece that is one: with samples, or an end. */
    SpeechEncoding::Piece next() const
    {
        SpeechEncoding::Piece piece;
        const bool isThere = eventually ([&] {
            piece = speech->take();
            return piece.samples > 0 || piece.state != PcmQueue::State::Open;
        });
        REQUIRE (isThere); // outside, since take() may throw
        return piece;
    }

    std::atomic<int> wakes { 0 }; // first, as the pool's threads reach it to their end
    EncoderPool pool;
    std::shared_ptr<SpeechJob> job = std::make_shared<SpeechJob>();
    std::shared_ptr<SpeechEncoding> speech;
};

constexpr std::size_t atOnce = PcmQueue::mostAtOnce;

std::vector<float> pieces (std::size_t count)
{
    return sine (440.0, static_cast<double> (count * atOnce) / 24'000).samples;
}

std::string encoded (const SpeechEncoder::Format& format, std::span<const float> samples)
{
    std::string bytes;
    const auto encoder = SpeechEncoder::make (format).value();
    encoder->append (samples, bytes);
    encoder->end (bytes);
    return bytes;
}
} // namespace

TEST_CASE ("Speech is compressed while its reader does something else, to the bytes of any encoder",
           "[engine][server][encoder]")
{
    const SpeechEncoder::Format format { .container =
                                             GENERATE (Container::Flac, Container::Opus, Container::Mp3) };
    Reader reader (format);
    const auto samples = pieces (3);
    CHECK (reader.speech->take().samples == 0);
    reader.job->queue.push (samples);
    reader.job->queue.finish();
    REQUIRE (reader.speech->take().samples == 0); // it has only begun
    std::string bytes;
    for (int i = 0; i < 3; ++i)
    {
        const auto piece = reader.next();
        CHECK (piece.samples == atOnce);
        CHECK (piece.end.empty() == (i < 2));
        CHECK (piece.state == (i < 2 ? PcmQueue::State::Open : PcmQueue::State::Done));
        bytes += piece.bytes + piece.end;
    }
    CHECK ((bytes == encoded (format, samples)));
    CHECK (std::string (reader.speech->contentType()) == SpeechEncoder::make (format).value()->contentType());
}

TEST_CASE ("Samples as they are need nobody else", "[engine][server][encoder]")
{
    Reader reader ({ .container = GENERATE (Container::Pcm, Container::Wav) });
    reader.job->queue.push (pieces (1));
    CHECK (reader.speech->take().samples == atOnce);
}

TEST_CASE ("Whoever waits for a piece is woken, also if he comes late", "[engine][server][encoder]")
{
    std::atomic<bool> isTold { false }; // before the reader, whose end tells it once more
    Reader reader ({ .container = Container::Flac });
    reader.job->queue.push (pieces (1));
    const int before = reader.wakes;
    CHECK (before > 0);
    (void) reader.speech->take();
    REQUIRE (eventually ([&] { return reader.wakes > before; })); // the queue itself has nothing to tell
    reader.speech->onReadable ([&isTold] { isTold = true; });
    CHECK (isTold);
    CHECK (reader.speech->take().samples == atOnce);
}

TEST_CASE ("What a reader does not take stays in the queue, but for one piece", "[engine][server][encoder]")
{
    Reader reader ({ .container = Container::Opus });
    reader.job->queue.push (pieces (10));
    REQUIRE (reader.next().samples == atOnce);
    REQUIRE (eventually ([&] { return reader.job->queue.unread() == 8 * atOnce; }));
    std::this_thread::sleep_for (std::chrono::milliseconds (50));
    CHECK (reader.job->queue.unread() == 8 * atOnce);
}

TEST_CASE ("Samples come before a failure, and what an encoder throws reaches the reader",
           "[engine][server][encoder][errors]")
{
    Reader reader ({ .container = Container::Opus });
    reader.job->queue.push (pieces (1));
    reader.job->queue.fail ({ ErrorCode::Io, "broken", {} });
    const auto piece = reader.next();
    CHECK (piece.samples == atOnce);
    CHECK (piece.end.empty());
    CHECK (piece.state == PcmQueue::State::Failed);

    Reader other ({ .container = Container::Opus, .sampleRateHz = 44'100 });
    other.job->queue.push (pieces (1));
    CHECK_THROWS_AS (other.next(), Exception);
}

TEST_CASE ("A reader that has gone is not woken, and its job is cancelled",
           "[engine][server][encoder][cancel]")
{
    Reader reader ({ .container = Container::Flac });
    reader.job->queue.push (pieces (1));
    (void) reader.speech->take();
    reader.speech->abandon();
    const int before = reader.wakes;
    CHECK (reader.job->queue.isUnwanted());
    std::this_thread::sleep_for (std::chrono::milliseconds (50));
    CHECK (reader.wakes == before);
}

TEST_CASE ("Jobs that are encoded at the same time have the bytes that each has alone",
           "[engine][server][encoder][threads]")
{
    constexpr std::size_t jobs = 12, lengthInPieces = 20;
    struct Encoded
    {
        SpeechEncoder::Format format;
        std::vector<float> samples;
        std::shared_ptr<SpeechEncoding> speech;
        std::string bytes {};
        bool isDone = false;
    };
    EncoderPool pool (4); // however many cores there are
    std::vector<Encoded> all;
    for (std::size_t i = 0; i < jobs; ++i)
    {
        constexpr std::array containers { Container::Flac, Container::Opus, Container::Mp3 };
        const SpeechEncoder::Format format { .container = containers[i % containers.size()] };
        const auto job = std::make_shared<SpeechJob>();
        all.push_back ({ format,
                         sine (200.0 + 37.0 * static_cast<double> (i),
                               static_cast<double> (lengthInPieces * atOnce) / 24'000)
                             .samples,
                         std::make_shared<SpeechEncoding> (job, format, pool) });
        job->queue.push (all.back().samples);
        job->queue.finish();
    }
    for (std::size_t done = 0; done < jobs; std::this_thread::yield())
        for (auto& each : all)
        {
            if (each.isDone)
                continue;
            const auto piece = each.speech->take();
            each.bytes.append (piece.bytes).append (piece.end);
            each.isDone = piece.state != PcmQueue::State::Open;
            done += each.isDone ? 1 : 0;
        }
    for (const auto& each : all)
        CHECK ((each.bytes == encoded (each.format, each.samples)));
}

TEST_CASE ("Many clients at once get the bytes that each has alone", "[engine][server][encoder][formats]")
{
    const ServerFixture engine;
    engine.control->frames = 100;
    const auto bodyOf = [] (std::size_t client) {
        constexpr std::array formats { "flac", "opus", "mp3" };
        return nlohmann::json { { "input", "I am " + std::to_string (client) },
                                { "voice", "anna" },
                                { "response_format", formats[client % formats.size()] } };
    };
    constexpr std::size_t clients = 12;
    std::vector<std::string> alone;
    alone.reserve (clients);
    for (std::size_t i = 0; i < clients; ++i)
        alone.push_back (engine.speak (bodyOf (i)).body);
    std::vector<std::future<RawResponse>> together;
    together.reserve (clients);
    for (std::size_t i = 0; i < clients; ++i)
        together.push_back (
            std::async (std::launch::async, [&engine, body = bodyOf (i)] { return engine.speak (body); }));
    for (std::size_t i = 0; i < clients; ++i)
    {
        const auto answer = together[i].get();
        CHECK (answer.complete);
        CHECK ((answer.body == alone[i]));
    }
}

TEST_CASE ("What a second of compressed speech costs the thread that serves all clients", "[.bench]")
{
    constexpr int clients = 16, frames = 1'500;
    constexpr double seconds = 1.0 * clients * frames * FakeRenderer::frameSamples / 24'000.0;
    for (const auto* format : { "pcm", "flac", "opus", "mp3" })
    {
        ServerFixture engine;
        engine.control->frames = frames;
        clockid_t clock {};
        REQUIRE (pthread_getcpuclockid (engine.thread.native_handle(), &clock) == 0);
        const auto spent = [&clock] {
            timespec time {};
            clock_gettime (clock, &time);
            return static_cast<double> (time.tv_sec) * 1e3 + static_cast<double> (time.tv_nsec) / 1e6;
        };
        const auto before = spent();
        std::vector<std::future<bool>> answers;
        answers.reserve (clients);
        for (int i = 0; i < clients; ++i)
            answers.push_back (std::async (std::launch::async, [&engine, format] {
                return engine.speak ({ { "input", "Hi." }, { "response_format", format } }).complete;
            }));
        for (auto& answer : answers)
            CHECK (answer.get());
        std::cout << format << ": " << (spent() - before) / seconds << " ms for a second of speech\n";
    }
}
