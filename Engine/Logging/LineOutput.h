// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string_view>

namespace tableread::engine
{
/** Where the lines of a log go. Threads: that of its LogChannel. */
class LineOutput
{
public:
    enum class Result
    {
        Written,
        Full, // nobody reads: it may be tried again when descriptor() is writable
        Lost  // nobody will read it, or the disk is full
    };

    virtual ~LineOutput() = default;

    /** Writes a whole line with its end. Does not wait for a reader. */
    virtual Result write (std::string_view line) = 0;

    /** Of an output that may be Full. */
    virtual int descriptor() const { return -1; }
};

/** A stream that does not wait, such as a test's. */
class StreamOutput : public LineOutput
{
public:
    explicit StreamOutput (std::ostream& to) : stream (to) {}

    Result write (std::string_view line) override
    {
        return (stream << line).flush() ? Result::Written : Result::Lost;
    }

private:
    std::ostream& stream;
};
} // namespace tableread::engine
