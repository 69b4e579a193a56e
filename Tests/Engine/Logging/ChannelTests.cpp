// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <new>
#include <sstream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>

#include <catch2/catch.hpp>

#include "Logging/Channel.h"
#include "Logging/DescriptorOutput.h"
#include "Support/Pipe.h"
#include "Support/TemporaryFolder.h"

using namespace tableread::engine;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Clock = std::chrono::steady_clock;

namespace
{
std::string lostLine (std::uint64_t lost)
{
    return std::to_string (lost) + " lost\n";
}

std::string line (int number)
{
    return "line " + std::to_string (number) + " " + std::string (100, '-') + '\n';
}

double cpuSeconds()
{
    rusage used {};
    getrusage (RUSAGE_SELF, &used);
    const auto seconds = [] (const timeval& time) {
        return static_cast<double> (time.tv_sec) + static_cast<double> (time.tv_usec) / 1e6;
    };
    return seconds (used.ru_utime) + seconds (used.ru_stime);
}

/** Numbers of the lines in a text, which must be whole. */
std::vector<int> linesIn (const std::string& text)
{
    std::vector<int> numbers;
    std::istringstream lines (text);
    for (std::string each; std::getline (lines, each);)
        if (each.starts_with ("line "))
        {
            numbers.push_back (std::stoi (each.substr (5)));
            CHECK (each + '\n' == line (numbers.back()));
        }
    return numbers;
}

std::uint64_t lostIn (const std::string& text)
{
    std::uint64_t sum = 0;
    std::istringstream lines (text);
    for (std::string each; std::getline (lines, each);)
        if (each.ends_with (" lost"))
            sum += std::stoull (each);
    return sum;
}

/** Takes what it is given, when it is let. */
class ScriptedOutput : public LineOutput
{
public:
    explicit ScriptedOutput (std::function<Result (std::string_view)> how) : what (std::move (how)) {}
    Result write (std::string_view text) override { return what (text); }

private:
    std::function<Result (std::string_view)> what;
};
} // namespace

TEST_CASE ("Lines come out whole and in their order", "[engine][logging]")
{
    std::ostringstream out;
    {
        LogChannel channel (std::make_unique<StreamOutput> (out), lostLine, {});
        for (int i = 0; i < 500; ++i)
            channel.push (line (i));
    }
    const auto numbers = linesIn (out.str());
    REQUIRE (numbers.size() == 500);
    CHECK (std::is_sorted (numbers.begin(), numbers.end()));
    CHECK (lostIn (out.str()) == 0);
}

TEST_CASE ("A pipe that nobody reads costs the oldest lines, which are counted once there is room",
           "[engine][logging][errors]")
{
    Pipe pipe;
    LogChannel channel (std::make_unique<DescriptorOutput> (pipe.writer()), lostLine, { .lines = 50 });
    constexpr int pushed = 20'000;
    const auto begin = Clock::now();
    for (int i = 0; i < pushed; ++i)
        channel.push (line (i));
    CHECK (Clock::now() - begin < 5s); // nobody waited
    auto text = pipe.read ("line 19999 ");
    text += pipe.read(); // the rest of the last line
    for (int i = 0; i < 100 && text.back() != '\n'; ++i)
    {
        std::this_thread::sleep_for (10ms);
        text += pipe.read();
    }
    const auto numbers = linesIn (text);
    CHECK (std::is_sorted (numbers.begin(), numbers.end()));
    CHECK (numbers.back() == pushed - 1); // the newest is there
    CHECK (lostIn (text) > 1000);
    CHECK (lostIn (text) + numbers.size() == pushed);
}

TEST_CASE ("A channel whose pipe is full ends at once", "[engine][logging][errors]")
{
    Pipe pipe;
    pipe.fill();
    auto channel = std::make_unique<LogChannel> (std::make_unique<DescriptorOutput> (pipe.writer()), lostLine,
                                                 LogChannel::Limits { .lastWords = 100ms });
    for (int i = 0; i < 5000; ++i)
        channel->push (line (i));
    const auto begin = Clock::now();
    channel.reset();
    CHECK (Clock::now() - begin < 400ms);
}

TEST_CASE ("Last words are written if they are read", "[engine][logging]")
{
    Pipe pipe;
    pipe.fill();
    LogChannel channel (std::make_unique<DescriptorOutput> (pipe.writer()), lostLine, { .lastWords = 20s });
    channel.push (line (1));
    auto text = std::async (std::launch::async, [&] {
        std::this_thread::sleep_for (200ms);
        return pipe.read ("line 1 ");
    });
    channel.close();
    CHECK_THAT (text.get() + pipe.read(), Contains (line (1)));
    channel.push (line (2)); // it is too late for that one
    CHECK (pipe.read().empty());
}

TEST_CASE ("A reader that has gone costs lines, not the process", "[engine][logging][errors]")
{
    Pipe pipe;
    pipe.fill();
    std::signal (SIGPIPE, SIG_IGN);
    LogChannel channel (std::make_unique<DescriptorOutput> (pipe.writer()), lostLine, { .lastWords = 20s });
    for (int i = 0; i < 100; ++i)
        channel.push (line (i));
    std::this_thread::sleep_for (50ms);
    pipe.closeReader();
    const auto begin = Clock::now();
    channel.close();
    CHECK (Clock::now() - begin < 5s);
    std::signal (SIGPIPE, SIG_DFL);
}

TEST_CASE ("A full disk costs lines, which are counted when there is room again", "[engine][logging][errors]")
{
    std::atomic<bool> isFull { true };
    std::atomic<int> tried { 0 };
    std::string written;
    {
        LogChannel channel (std::make_unique<ScriptedOutput> ([&] (std::string_view text) {
                                ++tried;
                                if (isFull)
                                    return LineOutput::Result::Lost;
                                written += text;
                                return LineOutput::Result::Written;
                            }),
                            lostLine, {});
        for (int i = 0; i < 7; ++i)
            channel.push (line (i));
        for (int i = 0; i < 1000 && tried < 7; ++i)
            std::this_thread::sleep_for (1ms);
        std::this_thread::sleep_for (50ms);
        CHECK (tried == 7); // one for each line: it does not try again and again
        isFull = false;
        channel.push (line (7));
    }
    CHECK (written == "7 lost\n" + line (7));
}

TEST_CASE ("A line that there is no memory for is lost and counted", "[engine][logging][errors]")
{
    std::string written;
    {
        LogChannel channel (std::make_unique<ScriptedOutput> ([&] (std::string_view text) {
                                if (text == line (1) || text == line (2))
                                    throw std::bad_alloc();
                                written += text;
                                return LineOutput::Result::Written;
                            }),
                            lostLine, {});
        for (int i = 0; i < 4; ++i)
            channel.push (line (i));
    }
    CHECK (lostIn (written) == 2);
    CHECK (linesIn (written) == std::vector<int> { 0, 3 });
}

TEST_CASE ("A channel that nobody uses, or whose pipe is full, uses no processor", "[engine][logging]")
{
    Pipe pipe, other;
    pipe.fill();
    LogChannel stuck (std::make_unique<DescriptorOutput> (pipe.writer()), lostLine, {});
    LogChannel idle (std::make_unique<DescriptorOutput> (other.writer()), lostLine, {});
    stuck.push (line (1));
    std::this_thread::sleep_for (50ms);
    const auto before = cpuSeconds();
    std::this_thread::sleep_for (1s);
    CHECK (cpuSeconds() - before < 0.02);
}

TEST_CASE ("An output that does not come back does not hold the end", "[engine][logging][errors]")
{
    const auto release = std::make_shared<std::promise<void>>();
    const auto released = std::make_shared<std::shared_future<void>> (release->get_future());
    auto channel =
        std::make_unique<LogChannel> (std::make_unique<ScriptedOutput> ([released] (std::string_view) {
                                          released->wait(); // a disk of another machine
                                          return LineOutput::Result::Written;
                                      }),
                                      lostLine, LogChannel::Limits { .lastWords = 50ms });
    channel->push (line (1));
    const auto begin = Clock::now();
    channel.reset();
    CHECK (Clock::now() - begin < 2s);
    release->set_value();
    std::this_thread::sleep_for (20ms); // the thread ends
}

TEST_CASE ("A line that is too long is cut", "[engine][logging]")
{
    std::ostringstream out;
    {
        LogChannel channel (std::make_unique<StreamOutput> (out), lostLine, { .lineBytes = 20 });
        channel.push (std::string (1000, 'x') + '\n');
    }
    CHECK (out.str() == std::string (16, 'x') + "...\n");
}

TEST_CASE ("A file that an engine has for itself does not grow without end", "[engine][logging]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "engine.log";
    const int fd = ::open (file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    REQUIRE (fd >= 0);
    const bool isOwn = GENERATE (true, false);
    DescriptorOutput output (fd, isOwn ? 1000 : 0);
    for (int i = 0; i < 100; ++i)
        CHECK (output.write (line (i)) == LineOutput::Result::Written);
    ::close (fd);
    std::ifstream in (file);
    const auto numbers = linesIn ({ std::istreambuf_iterator<char> (in), {} });
    CHECK (numbers.size() <= (isOwn ? 10 : 100)); // of more than 100 bytes each
    CHECK (numbers.front() == 100 - static_cast<int> (numbers.size()));
    CHECK (numbers.back() == 99);
}

TEST_CASE ("The flags of a descriptor that others share stay as they are", "[engine][logging]")
{
    Pipe pipe;
    const int before = fcntl (pipe.writer(), F_GETFL);
    DescriptorOutput output (pipe.writer());
    CHECK (output.write ("x\n") == LineOutput::Result::Written);
    CHECK (fcntl (pipe.writer(), F_GETFL) == before);
    pipe.fill();
    CHECK (output.write ("y\n") == LineOutput::Result::Full);
}

TEST_CASE ("A socket that nobody reads is full, and takes the rest of a line later",
           "[engine][logging][errors]")
{
    std::array<int, 2> ends {};
    REQUIRE (socketpair (AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    {
        DescriptorOutput output (ends[0]);
        int written = 0;
        while (output.write (line (written)) == LineOutput::Result::Written)
            ++written;
        CHECK (written > 10);
        std::string text;
        const auto read = [&] {
            std::array<char, 4096> bytes {};
            for (ssize_t count = 1; count > 0;)
            {
                count = recv (ends[1], bytes.data(), bytes.size(), MSG_DONTWAIT);
                text.append (bytes.data(), static_cast<std::size_t> (std::max<ssize_t> (count, 0)));
            }
        };
        read();
        CHECK (output.write (line (written)) == LineOutput::Result::Written);
        read();
        CHECK (linesIn (text).size() == static_cast<std::size_t> (written) + 1);
    }
    close (ends[0]);
    close (ends[1]);
}
