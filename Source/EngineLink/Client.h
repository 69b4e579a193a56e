// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "EngineLink/Operation/ModelMessages.h"
#include "EngineLink/Protocol.h"

namespace tableread
{
/** Why a call to the engine did not succeed: decides whether asking again can help. */
struct CallFailure
{
    enum class Kind
    {
        NoEngine, // nothing listens on the socket
        Lost,     // the connection broke or timed out, or the answer did not follow the protocol
        Busy,     // another job is running: ask again after `retryAfter`
        Refused,  // the engine cannot do this request
        Cancelled // by cancel()
    };

    Kind kind = Kind::Lost;
    Error error;
    std::chrono::milliseconds retryAfter { 0 };
    std::chrono::milliseconds silence {
        0
    }; // since the engine last gave a sign of life, if that is why it was given up
};

template <typename T>
using CallResult = tl::expected<T, CallFailure>;

/** Calls to one engine over its Unix socket.

    Threads   all but cancel() block their caller, one call at a time; cancel() from any thread ends a running call at
              once, and every later one.
    Signals   none: sockets are written to without SIGPIPE, so a host does not die because its engine did.
*/
class Client
{
public:
    struct Timeouts
    {
        std::chrono::milliseconds connect { 2'000 };
        std::chrono::milliseconds health { 2'000 };
        std::chrono::milliseconds probe {
            10'000
        }; // without speech until the engine is asked whether it lives
        std::chrono::milliseconds silence {
            60'000
        }; // without speech or such an answer: a busy engine is not dead
    };

    explicit Client (std::filesystem::path socket);
    Client (std::filesystem::path socket, Timeouts timeouts);
    ~Client();

    /** @returns also Lost, with Unsupported, if what answers says nothing that this program understands. */
    [[nodiscard]] CallResult<protocol::Health> health();

    /** Whether the engine answers at all, however busy it is (/livez). */
    [[nodiscard]] bool isAlive();

    /** Asks for the request's speech as raw floats, ignoring its container and format, and passes each piece to
        `onSpeech` as it arrives.
        @returns how it ended, only if the engine said that it did. */
    [[nodiscard]] CallResult<protocol::SpeechEnd>
    speak (const protocol::SpeechRequest& request,
           const std::function<void (std::span<const float>)>& onSpeech);

    /** What the engine knows of a job that was asked for with this id; empty: it does not answer, or knows none. */
    [[nodiscard]] std::optional<protocol::JobStatus> job (const std::string& id);

    /** Changes when a job is due that waits for a seat; empty: nobody listens. @returns as job(). */
    std::optional<protocol::JobStatus> setDue (const std::string& id, std::optional<double> dueMs);

    /** The models that the engine serves. */
    [[nodiscard]] CallResult<std::vector<protocol::Model>> models();

    /** What the engine counts, as Prometheus' text (/metrics). */
    [[nodiscard]] CallResult<std::string> metrics();

    [[nodiscard]] CallResult<protocol::EngineVersion> version();

    /** Plans, loads or unloads a model; settings are for the first two. Waits as long as the engine lives.
        @returns how it is then, or would be; Refused with the engine's words, such as what would fit. */
    [[nodiscard]] CallResult<protocol::Model> change (protocol::ModelAction action, const std::string& model,
                                                      const protocol::LoadSettings& settings = {});

    void cancel();

private:
    struct Connection;
    struct Call;
    struct Page;
    struct Question;

    CallResult<Page> ask (const Question& question);
    CallResult<std::string> answerTo (const Question& question);
    template <typename T, typename Parse>
    CallResult<T> read (const Question& question, Parse parse);
    std::optional<protocol::JobStatus> statusOf (const Question& question);
    bool isCancelled() const { return cancelled.load (std::memory_order_acquire); }
    CallFailure failure (const std::string& why, const char* doing) const;
    CallFailure noEngine() const;

    std::filesystem::path path;
    Timeouts limits;
    std::unique_ptr<Connection> connection;
    std::atomic<bool> cancelled { false };
};
} // namespace tableread
