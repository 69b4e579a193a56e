// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include <catch2/catch.hpp>
#include <jack/jack.h>

#include "Support/Environment.h"
#include "Support/Eventually.h"
#include "Support/RunningProgram.h"

namespace tableread::test
{
/** A JACK server of the test's own, without a device, and a client of it that hears one stereo source while the transport
    rolls: each sample at the transport's place. */
class JackServer
{
public:
    static constexpr int rate = 48'000;

    /** folder: for its log. samples: as many are heard, from 0 on. */
    JackServer (const std::filesystem::path& folder, std::size_t samples)
        : name ("tableread-" + std::to_string (::getpid()))
        , server ({ "jackd", "--name", name, "--no-realtime", "--sync", "-d", "dummy", "--rate",
                    std::to_string (rate), "--period", "512" },
                  folder / "jackd")
        , left (samples)
        , right (samples)
    {
        ::setenv ("JACK_DEFAULT_SERVER", name.c_str(), 1);
        jack_set_error_function ([] (const char*) {}); // until it is up; its own log says more
        const auto open = [this] {
            client = jack_client_open ("tableread-test", JackNoStartServer, nullptr);
            return client != nullptr || ! server.isRunning();
        };
        eventually (open);
        INFO (server.said());
        REQUIRE (client != nullptr);
        inputs[0] = jack_port_register (client, "left", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
        inputs[1] = jack_port_register (client, "right", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
        jack_set_process_callback (client, &JackServer::process, this);
        REQUIRE (jack_activate (client) == 0);
    }

    ~JackServer()
    {
        if (client != nullptr)
            jack_client_close (client);
    }

    JackServer (const JackServer&) = delete;
    JackServer& operator= (const JackServer&) = delete;

    bool has (const std::string& port) const { return jack_port_by_name (client, port.c_str()) != nullptr; }

    void hear (const std::string& leftPort, const std::string& rightPort)
    {
        REQUIRE (jack_connect (client, leftPort.c_str(), jack_port_name (inputs[0])) == 0);
        REQUIRE (jack_connect (client, rightPort.c_str(), jack_port_name (inputs[1])) == 0);
    }

    /** Plays from 0 until all is heard. */
    void play()
    {
        jack_transport_locate (client, 0);
        jack_transport_start (client);
        const bool isAllHeard = eventually ([this] { return heard >= (std::int64_t) left.size(); });
        jack_transport_stop (client);
        REQUIRE (isAllHeard);
        eventually ([this] { return jack_transport_query (client, nullptr) == JackTransportStopped; });
        CHECK (heard == (std::int64_t) left.size()); // JACK has left no cycle out
    }

    /** [samples] */
    const std::vector<float>& leftChannel() const { return left; }
    const std::vector<float>& rightChannel() const { return right; }

private:
    static int process (jack_nframes_t count, void* self)
    {
        static_cast<JackServer*> (self)->hearBlock (count);
        return 0;
    }

    void hearBlock (jack_nframes_t count)
    {
        jack_position_t position {};
        if (jack_transport_query (client, &position) != JackTransportRolling)
            return;
        const auto* const in = static_cast<const float*> (jack_port_get_buffer (inputs[0], count));
        const auto* const other = static_cast<const float*> (jack_port_get_buffer (inputs[1], count));
        for (std::size_t i = 0, at = position.frame; i < count && at < left.size(); ++i, ++at)
        {
            left[at] = in[i];
            right[at] = other[i];
            heard.fetch_add (1, std::memory_order_relaxed);
        }
    }

    const Environment before { { "JACK_DEFAULT_SERVER" } };
    const std::string name;
    RunningProgram server;
    std::vector<float> left, right; // written by JACK's thread while the transport rolls
    std::atomic<std::int64_t> heard { 0 };
    jack_client_t* client = nullptr;
    jack_port_t* inputs[2] {};
};
} // namespace tableread::test
