// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <future>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "EngineLink/Client.h"
#include "Support/EngineProgram.h"
#include "Support/Eventually.h"

/** What the drills on the real program share. */
namespace tableread::test
{
/** How a child has ended, which stays for others to collect: its exit code, or a signal as a negative number. */
inline std::optional<int> endOf (pid_t pid, std::chrono::milliseconds limit)
{
    siginfo_t info {};
    const bool hasEnded = eventually (
        [&] {
            return waitid (P_PID, static_cast<id_t> (pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                   info.si_pid == pid;
        },
        limit);
    if (! hasEnded)
        return {};
    return info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
}

/** The processes that were started with this text among their words. */
inline std::vector<pid_t> processesWith (const std::string& text)
{
    std::vector<pid_t> found;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator ("/proc", gone))
    {
        const auto name = entry.path().filename().string();
        std::ifstream words (entry.path() / "cmdline", std::ios::binary);
        const std::string line (std::istreambuf_iterator<char> (words), {});
        if (name.find_first_not_of ("0123456789") == std::string::npos &&
            line.find (text) != std::string::npos)
            found.push_back (std::stoi (name));
    }
    return found;
}

inline nlohmann::json answerOf (const EngineProgram& engine, const std::string& path,
                                const char* method = "GET")
{
    return nlohmann::json::parse (request (engine.socket(), method, path).body);
}

/** Nobody has a seat, and nobody waits for one. */
inline bool isFree (const EngineProgram& engine)
{
    const auto health = answerOf (engine, "/health");
    return health.at ("speaking") == 0 && health.at ("waiting") == 0;
}

/** A call of the C++ client on a thread of its own. */
class Speaker
{
public:
    using Result = CallResult<protocol::SpeechEnd>;

    struct Settings
    {
        std::chrono::milliseconds patience { 60'000 }; // without a sign from the engine
        bool holdsBack = false; // does not take the second piece of speech before goOn()
    };

    Speaker (const std::filesystem::path& socket, protocol::SpeechRequest request, Settings settings)
        : holding (settings.holdsBack)
        , client (socket, timeouts (settings.patience))
        , call (std::async (std::launch::async, [this, request = std::move (request)] {
            return client.speak (request, [this] (std::span<const float> more) { take (more); });
        }))
    {}
    ~Speaker()
    {
        goOn();
        client.cancel();
    }
    Speaker (const Speaker&) = delete;
    Speaker& operator= (const Speaker&) = delete;

    bool hasHeard() const
    {
        const std::lock_guard lock (mutex);
        return ! heard.empty();
    }

    std::vector<float> speech() const
    {
        const std::lock_guard lock (mutex);
        return heard;
    }

    void goOn()
    {
        const std::lock_guard lock (mutex);
        holding = false;
        changed.notify_all();
    }

    void cancel() { client.cancel(); }

    /** Empty if the call has not ended by then. To be called once. */
    std::optional<Result> result (std::chrono::milliseconds limit)
    {
        if (call.wait_for (limit) != std::future_status::ready)
            return {};
        return call.get();
    }

private:
    static Client::Timeouts timeouts (std::chrono::milliseconds patience)
    {
        Client::Timeouts wanted;
        wanted.silence = patience;
        wanted.health = std::min (patience, wanted.health);
        return wanted;
    }

    void take (std::span<const float> more)
    {
        std::unique_lock lock (mutex);
        heard.insert (heard.end(), more.begin(), more.end());
        changed.wait (lock, [this] { return ! holding; });
    }

    mutable std::mutex mutex;
    std::condition_variable changed;
    bool holding;
    std::vector<float> heard;
    Client client;
    std::future<Result> call; // the last: its end waits for the call
};
} // namespace tableread::test
