// SPDX-License-Identifier: Apache-2.0
// Input: what the plugin's client asks for ("speech", "health"), a zero byte, and the bytes that it gets from the socket in
// answer; or "json" and the body of an answer, which may be Prometheus' text too. Whatever listens there, the client's speech is made of numbers, and what it
// says is a sentence.
#include <cmath>
#include <csignal>
#include <mutex>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

#include "EngineLink/Client.h"
#include "EngineLink/Operation/Figures.h"
#include "Fuzz/FuzzChecks.h"
#include "Support/RawServer.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using tableread::test::mustHold;

namespace
{
/** Answers each call with the same bytes, and waits until the client has closed. */
class FuzzedEngine
{
public:
    std::filesystem::path socket() const { return folder.path() / "e.sock"; }

    void answerWith (std::string_view bytes)
    {
        const std::lock_guard lock (mutex);
        answer = bytes;
    }

private:
    void talk (int peer)
    {
        std::string bytes;
        {
            const std::lock_guard lock (mutex);
            bytes = answer;
        }
        (void) ::send (peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        ::shutdown (peer, SHUT_WR);
        for (char ignored[4096]; ::recv (peer, ignored, sizeof (ignored), 0) > 0;)
            ;
    }

    test::TemporaryFolder folder;
    std::mutex mutex;
    std::string answer;
    test::RawServer server { socket(), [this] (int peer) { talk (peer); } };
};

void checkFailure (const CallFailure& failure)
{
    using Kind = CallFailure::Kind;
    mustHold (! failure.error.message.empty(), "a failure has words");
    mustHold (failure.error.text().size() < 200'000, "not too many");
    mustHold (failure.retryAfter.count() >= 0 && failure.retryAfter <= std::chrono::minutes (1),
              "a pause of use");
    mustHold (failure.kind == Kind::Lost || failure.kind == Kind::Busy || failure.kind == Kind::Refused,
              "somebody has answered");
}

void checkHealth (const protocol::Health& health)
{
    mustHold (health.sampleRateHz > 0 && health.frameSamples > 0 && health.seats > 0 && health.protocol >= 0,
              "numbers in their ranges");
    const auto again = protocol::parseHealth (protocol::toJson (health));
    mustHold (again.has_value() && *again == health, "it survives being passed on");
}

void ask (FuzzedEngine& engine)
{
    Client client (engine.socket());
    if (const auto health = client.health())
        checkHealth (*health);
    else
        checkFailure (health.error());
}

void hear (FuzzedEngine& engine, std::size_t mostSamples)
{
    protocol::SpeechRequest request;
    request.input = "Hi.";
    Client client (engine.socket());
    std::size_t samples = 0;
    const auto end = client.speak (request, [&samples] (std::span<const float> speech) {
        mustHold (! speech.empty(), "no empty pieces");
        samples += speech.size();
        for (const auto sample : speech)
            mustHold (std::isfinite (sample), "a sample is a number");
    });
    mustHold (samples <= mostSamples, "no more speech than bytes");
    if (! end)
        checkFailure (end.error());
    else
        mustHold (protocol::nameOf (end->reason)[0] != '\0', "an end has a reason");
}

void checkModel (const protocol::Model& model)
{
    mustHold (model.hostBytes >= 0 && model.seats >= 0 && model.seconds >= 0 && model.parameters >= 0,
              "numbers in their ranges");
    mustHold (! model.memory || (model.memory->sum >= 0 && model.memory->free >= 0), "of memory too");
}

/** What the engine panel reads. */
void checkOperation (std::string_view body)
{
    if (const auto model = protocol::parseModel (body))
        checkModel (*model);
    else
        tableread::test::checkRefusal (model.error());
    if (const auto models = protocol::parseModels (body))
        for (const auto& model : *models)
            checkModel (model);
    (void) protocol::parseVersion (body);
    FigureReader reader;
    const auto& figures = reader.read (body);
    mustHold (! figures.frameMs || std::isfinite (*figures.frameMs), "a time is a number");
    mustHold (figures.waiting >= 0 && figures.speaking >= 0 && figures.residentBytes >= 0, "counts");
}

void checkBody (std::string_view body)
{
    checkOperation (body);
    if (const auto health = protocol::parseHealth (body))
        checkHealth (*health);
    else
        tableread::test::checkRefusal (health.error());
    for (const int status : { 200, 400, 404, 503, 507 })
    {
        const auto error = protocol::parseError (status, body);
        mustHold (! error.message.empty(), "an error has words");
        const auto again = protocol::parseError (status, protocol::toJson (error, status));
        mustHold (again.message == error.message && again.where == error.where,
                  "which survive being passed on");
    }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const auto input = tableread::test::splitInput (data, size, 2);
    if (input[0] == "json")
    {
        checkBody (input[1]);
        return 0;
    }
    static FuzzedEngine engine;
    engine.answerWith (input[1]);
    if (input[0] == "health")
        ask (engine);
    else
        hear (engine, input[1].size() / sizeof (float));
    return 0;
}
