// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "Command/Farm/Line.h"
#include "Command/Farm/Outcome.h"

namespace tableread::engine
{
double spokenSeconds (std::int64_t samples);

/** What a batch says on standard output: a line of JSON for each take, and one for the chunk. It also counts. */
class BatchReport
{
public:
    /** @param chunkText  as Chunk::text() */
    BatchReport (std::ostream& stream, std::string chunkText) : out (stream), chunk (std::move (chunkText)) {}

    /** How many lines there are, if that is known. */
    void begin (std::size_t lineCount) { lines = lineCount; }

    /** What has become of a line. Where begin() is not called, those that were left by a fault are not counted: the queue has
        them still. */
    void ended (const FarmLine& line, const LineOutcome& outcome);

    /** It is stored, and the project hears it: nothing else is known of it. */
    void heard (const FarmLine& line);

    /** What another process's report has said of a line. */
    void pass (const nlohmann::json& line);

    /** What is said of the whole, besides the counts. */
    struct Run
    {
        std::string fingerprint;            // of the engine; empty: none was loaded
        std::optional<double> handOutMs {}; // LineWorker::handOutMs()
        double wallMs = 0.0;
    };

    /** The last line. `other`: an exit code that does not follow from the lines; 0: none. @returns the exit code. */
    int end (const Run& run, int other);

private:
    void count (LineOutcome::State state, bool isFault, double seconds);
    void write (const nlohmann::json& json);

    std::ostream& out;
    std::string chunk;
    std::size_t lines = 0, said = 0, storedCount = 0, renderedCount = 0, failedCount = 0;
    double spoken = 0.0; // seconds of speech that were rendered now
};
} // namespace tableread::engine
