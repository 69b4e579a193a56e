// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace tableread::test
{
/** A pipe whose reading end nobody reads before read(). */
class Pipe
{
public:
    Pipe()
    {
        if (::pipe2 (ends.data(), O_CLOEXEC) != 0)
            throw std::runtime_error ("no pipe");
    }
    ~Pipe()
    {
        closeReader();
        closeWriter();
    }
    Pipe (const Pipe&) = delete;
    Pipe& operator= (const Pipe&) = delete;

    int writer() const { return ends[1]; }

    /** Fills it to the last byte. */
    void fill() const
    {
        const int flags = ::fcntl (ends[1], F_GETFL);
        ::fcntl (ends[1], F_SETFL, flags | O_NONBLOCK);
        const std::string much (65'536, '.');
        for (std::size_t size = much.size(); size > 0; size /= 2)
            while (::write (ends[1], much.data(), size) > 0)
                ;
        ::fcntl (ends[1], F_SETFL, flags);
    }

    /** What is in it, and what comes until `last` does, for at most a minute. */
    std::string read (const std::string& last = {}) const
    {
        std::string text;
        std::array<char, 65'536> bytes {};
        pollfd waited { ends[0], POLLIN, 0 };
        while (::poll (&waited, 1, last.empty() ? 0 : 60'000) > 0)
        {
            const auto count = ::read (ends[0], bytes.data(), bytes.size());
            if (count <= 0)
                break;
            text.append (bytes.data(), static_cast<std::size_t> (count));
            if (! last.empty() && text.find (last) != std::string::npos)
                break;
        }
        return text;
    }

    void closeReader() { closeEnd (0); }
    void closeWriter() { closeEnd (1); }

private:
    void closeEnd (std::size_t end)
    {
        if (ends[end] >= 0)
            ::close (ends[end]);
        ends[end] = -1;
    }

    std::array<int, 2> ends { -1, -1 };
};
} // namespace tableread::test
