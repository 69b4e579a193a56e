// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "EngineLink/Protocol.h"
#include "Support/RawServer.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
/** What is sent after a pause. */
struct Piece
{
    std::string bytes;
    int pauseMs = 0;
};

/** What is sent as an answer, before the connection is closed. */
using Pieces = std::vector<Piece>;

inline const std::string audioHead =
    "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nTransfer-Encoding: chunked\r\n\r\n";

inline std::string chunk (const std::string& bytes)
{
    return fmt::format ("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

/** A whole answer of speech. */
inline std::string speech (const std::string& bytes)
{
    return audioHead + (bytes.empty() ? std::string() : chunk (bytes)) + "0\r\n\r\n";
}

inline std::string refusal (int status, const std::string& body, const std::string& fields = {})
{
    return fmt::format ("HTTP/1.1 {} No\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}",
                        status, fields, body.size(), body);
}

/** An engine that answers /health as an idle one, and requests for speech as a script says: one connection after the
    other. A frame is 8 bytes (f32) or 4 (s16), and 100 ms. */
class ScriptedEngine
{
public:
    /** @param request  its body
        @param index    0 for the first request for speech */
    using Script = std::function<Pieces (const nlohmann::json& request, int index)>;

    explicit ScriptedEngine (Script answers)
        : script (std::move (answers))
        , server (path(), [this] (int peer) { talk (peer); })
    {}

    std::filesystem::path path() const { return folder.path() / "e.sock"; }

    /** The bodies of all requests for speech so far. */
    std::vector<nlohmann::json> requests() const
    {
        const std::lock_guard lock (mutex);
        return asked;
    }

private:
    void talk (int peer)
    {
        const auto bytes = receive (peer);
        if (bytes.rfind ("GET /health", 0) == 0)
            return send (peer, { { healthAnswer(), 0 } });
        const auto body = nlohmann::json::parse (bytes.substr (bytes.find ("\r\n\r\n") + 4), nullptr, false);
        int index = 0;
        {
            const std::lock_guard lock (mutex);
            index = static_cast<int> (asked.size());
            asked.push_back (body);
        }
        send (peer, script (body, index));
    }

    /** One request; its JSON ends with the first bracket that ends a packet. */
    static std::string receive (int peer)
    {
        std::string bytes;
        char buffer[65536];
        for (auto got = ::recv (peer, buffer, sizeof (buffer), 0); got > 0;
             got = ::recv (peer, buffer, sizeof (buffer), 0))
        {
            bytes.append (buffer, static_cast<std::size_t> (got));
            const auto end = bytes.find ("\r\n\r\n");
            if (end != std::string::npos && (bytes.rfind ("GET", 0) == 0 || bytes.back() == '}'))
                break;
        }
        return bytes;
    }

    static void send (int peer, const Pieces& pieces)
    {
        for (const auto& [bytes, pauseMs] : pieces)
        {
            std::this_thread::sleep_for (std::chrono::milliseconds (pauseMs));
            (void) ::send (peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
    }

    static std::string healthAnswer()
    {
        protocol::Health health;
        health.model = "script";
        health.fingerprint = "script-1";
        health.sampleRateHz = 20;
        health.frameSamples = 2;
        const auto body = protocol::toJson (health);
        return fmt::format (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", body.size(),
            body);
    }

    TemporaryFolder folder;
    Script script;
    mutable std::mutex mutex;
    std::vector<nlohmann::json> asked;
    RawServer server;
};
} // namespace tableread::test
