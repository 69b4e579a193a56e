// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "Command/Farm/Line.h"
#include "Command/Farm/Outcome.h"

namespace tableread::engine
{
/** A line that is to be spoken. */
struct LineJob
{
    std::shared_ptr<const FarmLine> line; // null: there is none
    std::shared_ptr<const SpokenVoices> voices;
};

/** Where a worker's lines come from: a chunk of a project, or a queue. All calls are on the worker's thread. */
class LineSource
{
public:
    enum class Wait
    {
        No,
        ForOne // there is nothing else to do
    };

    virtual ~LineSource() = default;

    /** The next line. Without one a worker that waits has come to its end. */
    virtual LineJob next (Wait wait) = 0;

    /** A frame was spoken of each line that next() gave and ended() did not yet have. */
    virtual void stepped() {}

    /** Once for each line that next() gave; in any order. */
    virtual void ended (const FarmLine& line, const LineOutcome& outcome) = 0;
};
} // namespace tableread::engine
