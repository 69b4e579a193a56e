// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "Logging/LineOutput.h"

namespace tableread::engine
{
/** Writes to a file, a pipe, a terminal or a socket that others have opened, and perhaps use too: a pipe that nobody reads, a
    terminal that is held (Ctrl-S) and a full socket are Full. */
class DescriptorOutput : public LineOutput
{
public:
    /** The descriptor stays the caller's, and its flags as they are. A file that has more bytes than `mostBytes`, and is nobody
        else's, begins anew; 0: it does not. */
    explicit DescriptorOutput (int fd, std::size_t mostBytes = 0);
    ~DescriptorOutput() override;
    DescriptorOutput (const DescriptorOutput&) = delete;
    DescriptorOutput& operator= (const DescriptorOutput&) = delete;

    Result write (std::string_view line) override;
    int descriptor() const override { return own >= 0 ? own : given; }

private:
    Result sendRest();
    void beginAnew() const;

    const int given;
    const std::size_t most;
    int own = -1; // the same, opened again so that it does not block
    bool isSocket = false, mayBlock = false;
    std::string rest; // of the last line
};
} // namespace tableread::engine
