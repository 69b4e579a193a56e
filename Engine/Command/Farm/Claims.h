// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "Command/Farm/Line.h"
#include "Core/Descriptor.h"

namespace tableread::engine
{
/** Which worker of a batch speaks which line of its chunk: memory that the processes share. What a worker has taken nobody
    else gets, even if it dies.

    Threads   any, of any of the processes. */
class LineClaims
{
public:
    /** Nobody has taken any of so many lines. @throws Exception if there is no memory. */
    explicit LineClaims (std::size_t lines);

    /** In a worker: those that its parent gave it as standard input. @throws Exception if there are none for so many lines. */
    static LineClaims given (std::size_t lines);

    ~LineClaims();
    LineClaims (const LineClaims&) = delete;
    LineClaims& operator= (const LineClaims&) = delete;

    /** For a worker's standard input. */
    int descriptor() const { return file.number; }

    std::size_t count() const { return takers.size(); }

    /** Takes a line, counted from 0, for a worker, counted from 1. @returns whether nobody had it. */
    bool take (std::size_t line, std::size_t worker);

    /** 0: nobody. */
    std::size_t takerOf (std::size_t line) const;

private:
    LineClaims (int shared, std::size_t lines);

    Descriptor file;
    std::span<unsigned char> takers; // of each line
};

/** The order in which a worker takes the lines. One that is alone takes them as they are in the script. Of several each
    begins with a part of its own, which has few casts, because a process has to encode each voice for itself: cast by cast, of
    each the longest line first, so that the last ones end together, and those that ask for the same one after the other, so
    that nobody else speaks them meanwhile. Then it helps with the part that has most left, from its end.

    Threads   one. */
class LineOrder
{
public:
    /** @param worker  of `workers`, from 1 */
    LineOrder (const std::vector<FarmLine>& lines, std::size_t worker, std::size_t workers);

    /** Takes the next line that nobody has, counted from 0; empty: there is none. */
    std::optional<std::size_t> next (LineClaims& claims);

private:
    using Same = std::vector<std::size_t>; // lines that ask for the same

    std::span<const Same> partOf (std::size_t worker) const;
    const Same* nextOf (LineClaims& claims);

    std::size_t own, parts;
    std::vector<Same> groups;        // in that order
    std::size_t begun = 0;           // of its own part
    std::deque<std::size_t> repeats; // of the last one
};
} // namespace tableread::engine
