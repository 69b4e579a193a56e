// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace tableread
{
/** Both ends of a pipe for a child's output, which no other child inherits. */
class OutputPipe
{
public:
    OutputPipe() : isOpen (::pipe2 (ends.data(), O_CLOEXEC) == 0) {} // else errno says why

    ~OutputPipe()
    {
        closeWriting();
        if (isOpen)
            ::close (ends[0]);
    }
    OutputPipe (const OutputPipe&) = delete;
    OutputPipe& operator= (const OutputPipe&) = delete;

    bool good() const { return isOpen; }
    int reading() const { return ends[0]; }
    int writing() const { return ends[1]; }
    void closeWriting()
    {
        if (ends[1] >= 0)
            ::close (ends[1]);
        ends[1] = -1;
    }

private:
    std::array<int, 2> ends { -1, -1 };
    bool isOpen;
};
} // namespace tableread
