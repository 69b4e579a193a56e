// SPDX-License-Identifier: Apache-2.0
// A real nats-server, and workers with a renderer of the test's.
#include <csignal>
#include <thread>
#include <utility>

#include <catch2/catch.hpp>

#include "Command/Farm/Queue/Source.h"
#include "QueueFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Json = nlohmann::json;
using Numbers = std::vector<int>;

namespace
{
constexpr std::chrono::milliseconds atOnce { 5'000 };

/** The numbers in the order in which this was said of them. */
Numbers inOrder (const CommandFixture::Outcome& outcome, const std::string& state)
{
    Numbers numbers;
    for (const auto& line : FarmFixture::said (outcome))
        if (line.value ("state", "") == state)
            numbers.push_back (line["line"]);
    return numbers;
}
} // namespace

TEST_CASE ("A queue has each line once, and workers speak them until it is empty",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm;
    const auto first = farm.submit();
    REQUIRE (first.code == 0);
    CHECK (Json::parse (first.out)["added"] == 6);
    std::this_thread::sleep_for (std::chrono::milliseconds (1'200)); // the server's own memory of ids is over
    const auto again = farm.submit();
    CHECK (Json::parse (again.out)["added"] == 0);
    CHECK (Json::parse (again.out)["queued"] == 6);
    CHECK (farm.queue().queued() == 6);
    CHECK (farm.status()["left"] == 6);

    const auto worker = farm.work();
    CHECK (worker.code == 0);
    CHECK (farm.numbers (worker, "rendered") == Numbers { 1, 2, 3, 4, 5, 6 });
    CHECK (farm.chunk (worker)["lines"] == 6);
    CHECK (farm.chunk (worker)["left"] == 0);
    CHECK (farm.chunk (worker)["chunk"] == "queue lines");
    CHECK (farm.queue().queued() == 0);
    const auto status = farm.status();
    CHECK (status["lines"] == 6);
    CHECK (status["stored"] == 6);
    CHECK (status["left"] == 0);
    REQUIRE (status["nodes"].size() == 1);
    CHECK (status["nodes"][0]["node"] == "here");
    CHECK (status["nodes"][0]["lines"] == 6);
    CHECK (farm.gather().code == 0);

    const auto idle = farm.work();
    CHECK (idle.code == 0);
    CHECK (farm.chunk (idle)["lines"] == 0);
}

TEST_CASE ("Lines of a higher priority are spoken first", "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm;
    REQUIRE (farm.submit ({ "--lines", "1-2", "--priority", "low" }).code == 0);
    REQUIRE (farm.submit ({ "--lines", "3-4" }).code == 0);
    REQUIRE (farm.submit ({ "--lines", "5-6", "--priority", "high" }).code == 0);
    const auto worker = farm.work ({ "--passages", "1" });
    CHECK (worker.code == 0);
    CHECK (inOrder (worker, "rendered") == Numbers { 5, 6, 3, 4, 1, 2 });
}

TEST_CASE ("What the store has is not spoken again, but done for the queue",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm;
    REQUIRE (farm.batch ({ "--lines", "1-4" }).code == 0);
    REQUIRE (farm.submit().code == 0);
    const auto worker = farm.work();
    CHECK (worker.code == 0);
    CHECK (farm.numbers (worker, "stored") == Numbers { 1, 2, 3, 4 });
    CHECK (farm.numbers (worker, "rendered") == Numbers { 5, 6 });
    CHECK (farm.queue().queued() == 0);
    CHECK (farm.control->passagesRendered == 6);
}

TEST_CASE ("A cut line is set aside at once, with its reason", "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\n");
    farm.control->finish = engine::FinishReason::Length;
    REQUIRE (farm.submit().code == 0);
    const auto worker = farm.work();
    CHECK (worker.code == 2);
    CHECK (farm.numbers (worker, "failed") == Numbers { 1 });
    CHECK (farm.numbers (worker, "left").empty());
    CHECK (farm.control->passagesRendered == 1);
    const auto status = farm.status();
    CHECK (status["left"] == 0);
    REQUIRE (status["set_aside"].size() == 1);
    CHECK_THAT (status["set_aside"][0]["reason"], Contains ("length limit"));
    CHECK (status["set_aside"][0]["project"] == "scene.tableread");
    CHECK (farm.queue().queued() == 0);
}

TEST_CASE ("A line is set aside after three failures; a worker whose lines all fail ends",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\n");
    farm.control->failAtFrame = 2;
    farm.control->failure = { ErrorCode::OutOfMemory, "the GPU's memory is full", {} };
    REQUIRE (farm.submit().code == 0);
    const auto worker = farm.work();
    CHECK (worker.code == 2);
    CHECK (farm.numbers (worker, "left") == Numbers { 1, 1 });
    CHECK (farm.numbers (worker, "failed") == Numbers { 1 });
    CHECK_THAT (farm.status().at ("set_aside").at (0).at ("reason"), Contains ("memory is full"));

    farm.change (project::SetScript { sixLines });
    REQUIRE (farm.submit().code == 0);
    const auto broken = farm.work ({ "--passages", "1" });
    CHECK (broken.code == 75);
    CHECK_THAT (broken.err, Contains ("several lines in a row"));
    CHECK (farm.numbers (broken, "left").size() == 3);
    CHECK (farm.queue().queued() == 6);
    farm.control->failAtFrame = -1;
    CHECK (farm.work().code == 0);
    CHECK (farm.gather().code == 0);
}

TEST_CASE ("A GPU that fails ends its worker, and its lines are there for another one",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\nBen: Two.\n");
    farm.control->failure = { ErrorCode::Io, "the GPU failed", {} };
    farm.control->failAtFrame = 2;
    REQUIRE (farm.submit().code == 0);
    const auto broken = farm.work ({ "--passages", "1" });
    CHECK (broken.code == 75);
    CHECK (farm.numbers (broken, "left") == Numbers { 1 });
    CHECK_THAT (broken.err, Contains ("the GPU failed"));
    CHECK (farm.control->passagesRendered == 1);
    CHECK (farm.queue().queued() == 2);
    farm.control->failAtFrame = -1;
    const auto worker = farm.work();
    CHECK (worker.code == 0);
    CHECK (farm.numbers (worker, "rendered") == Numbers { 1, 2 });
}

TEST_CASE ("A manifest's lines go through a queue with their ids and seeds",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm;
    farm.input = farm.write (
        "game.json",
        R"({"tableread_manifest": 1, "voices": {"Guard": "anna", "*": "ben"}, "seed": 3, "lines": [
        {"id": "gate_010", "speaker": "Guard", "text": "One."},
        {"id": "gate_020", "speaker": "Tom", "text": "Two.", "seed": 5}]})");
    REQUIRE (farm.submit().code == 0);
    const auto worker = farm.work();
    CHECK (worker.code == 0);
    CHECK (farm.numbers (worker, "rendered") == Numbers { 1, 2 });
    for (const auto& said : farm.said (worker))
        if (said.contains ("line"))
        {
            const bool isFirst = said["line"] == 1;
            CHECK (said.value ("id", "") == (isFirst ? "gate_010" : "gate_020"));
            CHECK (said["title"] == (isFirst ? "gate_010, Guard" : "gate_020, Tom"));
            CHECK (said["seed"] == (isFirst ? 3 : 5));
        }
    CHECK (farm.gather().code == 0);
    CHECK (std::filesystem::exists (farm.path ("gathered/gate_020.wav")));
}

TEST_CASE ("A line that nobody can speak is not submitted, and the others are",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\nBen: Two.\n");
    farm.loseFirstTake ("Anna: One more.\nBen: Two.\n");
    const auto outcome = farm.submit();
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: its take is of other words"));
    CHECK (Json::parse (outcome.out)["failed"] == 1);
    CHECK (Json::parse (outcome.out)["added"] == 1);
    CHECK (farm.numbers (farm.work(), "rendered") == Numbers { 2 });
}

TEST_CASE ("A line whose workers die is set aside after three of them; one that was only waiting is not",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\nBen: Two.\n");
    REQUIRE (farm.submit().code == 0);
    {
        auto queue = farm.queue();
        auto lines = queue.fetch (2, atOnce);
        REQUIRE (lines.size() == 2);
        queue.report (lines[0].name(),
                      { .state = LineResult::State::Speaking, .node = "gone", .failures = 2 });
        for (auto& line : lines)
            line.giveBack (std::chrono::milliseconds (0));
        queue.flush();
    }
    const auto worker = farm.work();
    CHECK (worker.code == 2);
    CHECK (farm.numbers (worker, "failed") == Numbers { 1 });
    CHECK (farm.numbers (worker, "rendered") == Numbers { 2 });
    CHECK_THAT (farm.status().at ("set_aside").at (0).at ("reason"), Contains ("the worker on gone ended"));
}

TEST_CASE ("The line of a worker that is not heard of goes to another one",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\nBen: Two.\n");
    REQUIRE (farm.submit().code == 0);
    {
        auto queue = farm.queue();
        REQUIRE (queue.fetch (1, atOnce).size() == 1);
    }
    const auto began = std::chrono::steady_clock::now();
    const auto worker = farm.work();
    const auto took = std::chrono::steady_clock::now() - began;
    CHECK (worker.code == 0);
    CHECK (farm.numbers (worker, "rendered") == Numbers { 1, 2 });
    CHECK (took > LineQueue::patience - std::chrono::seconds (5));
    CHECK (took < LineQueue::patience + std::chrono::seconds (10));
}

TEST_CASE ("Progress keeps a line for longer than the queue's patience",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\n");
    farm.control->frameMs = 100;
    farm.control->frames = static_cast<int> (LineQueue::patience.count()) * 10 + 50;
    REQUIRE (farm.submit().code == 0);
    std::size_t elsewhere = 0;
    std::atomic<bool> ends { false };
    std::thread other ([&] {
        auto queue = farm.queue();
        std::this_thread::sleep_for (std::chrono::seconds (3)); // the worker has it
        while (! ends)
            elsewhere += queue.fetch (1, std::chrono::milliseconds (500)).size();
    });
    const auto worker = farm.work();
    ends = true;
    other.join();
    CHECK (worker.code == 0);
    CHECK (elsewhere == 0);
}

TEST_CASE ("SIGTERM gives lines back at once, and costs them no failure",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\nBen: Two.\nAnna: Three.\n"); // so few that one is begun three times
    farm.control->frameMs = 20;
    farm.control->frames = 10'000;
    bool hasRaised = false; // a second one would end the grace
    farm.control->atFrame = [&hasRaised] (int) {
        if (! std::exchange (hasRaised, true))
            std::raise (SIGTERM);
    };
    REQUIRE (farm.submit().code == 0);
    for (int i = 0; i <= QueueSource::mostFailures; ++i)
    {
        hasRaised = false;
        const auto stopped = farm.work ({ "--passages", "2", "--grace", "1" });
        CHECK (stopped.code == 75);
        CHECK (farm.numbers (stopped, "rendered").empty());
        CHECK (farm.chunk (stopped)["left"] >= 1);
    }
    CHECK (farm.exitedWith == -1);
    farm.control->frames = 2;
    farm.control->frameMs = 0;
    farm.control->atFrame = {};
    const auto began = std::chrono::steady_clock::now();
    const auto worker = farm.work();
    CHECK (worker.code == 0);
    CHECK (farm.numbers (worker, "rendered").size() == 3);
    CHECK (std::chrono::steady_clock::now() - began < atOnce);
}

TEST_CASE ("What is no line is set aside, and what a newer version has sent stays in the queue",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\n");
    REQUIRE (farm.submit().code == 0);
    const NatsConnection nats ({ .url = farm.server.url() });
    const auto publish = [&nats] (const std::string& key, const std::string& text) {
        const auto subject = "tableread.lines.lines.normal." + key;
        REQUIRE (natsConnection_PublishString (nats.connection(), subject.c_str(), text.c_str()) == NATS_OK);
        nats.flush();
    };
    publish ("garbage", "\xff{[");
    LineMessage forged { .line = 3, .project = "p", .title = "line 3" };
    forged.request.lines = { { 0, "Something else." } };
    forged.request.voices = { { "anna", {} } };
    forged.request.input = "Something else.";
    forged.hashes = { shelfOf (farm.model()).fetch ({ "anna", {} }).value().hash };
    publish (std::string (32, 'a'), toJson (forged));
    const auto worker = farm.work();
    CHECK (worker.code == 2);
    CHECK (farm.numbers (worker, "rendered") == Numbers { 1 });
    CHECK (farm.numbers (worker, "failed") == Numbers { 0, 3 });
    CHECK (farm.status()["set_aside"].size() == 2);
    CHECK (farm.queue().queued() == 0);

    publish ("newer", R"({"format": 2})");
    const auto old = farm.work();
    CHECK (old.code == 2);
    CHECK_THAT (old.err, Contains ("newer version"));
    CHECK (farm.queue().queued() == 1);
}

TEST_CASE ("A recording that is another one elsewhere is not used for the line",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm ("Anna: One.\n");
    std::filesystem::copy (farm.model() / "voices/anna.flac", farm.path ("voice.flac"));
    std::filesystem::remove (farm.file());
    REQUIRE (farm.make ("Anna: One.\n", { "--voice", "Anna=" + farm.path ("voice.flac") }).code == 0);
    REQUIRE (farm.submit().code == 0);
    std::filesystem::copy (farm.model() / "voices/ben.flac", farm.path ("voice.flac"),
                           std::filesystem::copy_options::overwrite_existing);
    const auto worker = farm.work();
    CHECK (worker.code == 2);
    CHECK (farm.control->passagesRendered == 0);
    CHECK_THAT (farm.status().at ("set_aside").at (0).at ("reason"),
                Contains ("voice.flac: this recording is another one"));
}

TEST_CASE ("A server that is started again costs no line, one that stays away ends its workers",
           "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm;
    farm.control->frameMs = 20;
    farm.control->frames = 20;
    std::thread server;
    farm.control->atFrame = [&] (int frame) {
        if (frame == 2 && ! server.joinable())
            server = std::thread ([&farm] {
                farm.server.stop (SIGKILL);
                std::this_thread::sleep_for (std::chrono::seconds (2));
                farm.server.start();
            });
    };
    REQUIRE (farm.submit().code == 0);
    const auto worker = farm.work ({ "--passages", "1" });
    server.join();
    CHECK (worker.code == 0);
    CHECK (farm.numbers (worker, "rendered").size() == 6);
    CHECK (farm.queue().queued() == 0);
    CHECK (farm.status()["stored"] == 6);

    farm.control->atFrame = {};
    farm.change (project::Reroll { { farm.document().lines[0]->id } });
    REQUIRE (farm.submit().code == 0);
    farm.control->atFrame = [&farm] (int) { farm.server.stop (SIGKILL); };
    const auto lost = farm.work ({ "--wait" });
    CHECK (lost.code == 75);
    CHECK (farm.numbers (lost, "rendered") == Numbers { 1 }); // it is in the store
}

TEST_CASE ("On a terminal a queue is drawn until it is done", "[.slow][engine][command][farm][nats]")
{
    QueueFixture farm;
    REQUIRE (farm.submit().code == 0);
    farm.terminalColumns = 60;
    std::thread worker ([&farm] {
        auto queue = farm.queue();
        std::this_thread::sleep_for (std::chrono::milliseconds (1500));
        for (auto& line : queue.fetch (6, atOnce))
        {
            queue.report (line.name(),
                          { .state = LineResult::State::Stored, .node = "there", .isRendered = true });
            line.done();
        }
        queue.flush();
    });
    const auto status = farm.run ({ "status", "--nats", farm.server.url() });
    worker.join();
    CHECK (status.code == 0);
    CHECK_THAT (status.err, Contains ("  0 %  0 of 6 lines") && Contains ("\x1b[A"));
    CHECK_THAT (status.out, Contains ("100 %  6 of 6 lines") && Contains ("there") && ! Contains ("\x1b"));
}
