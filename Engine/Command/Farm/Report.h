// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "Command/Farm/Line.h"
#include "Take/Store/Record.h"

namespace tableread::engine
{
/** What a batch says on standard output: a line of JSON for each take, and one for the chunk. It also counts. */
class BatchReport
{
public:
    /** @param chunkText  as Chunk::text() */
    BatchReport (std::ostream& stream, std::string chunkText) : out (stream), chunk (std::move (chunkText)) {}

    void begin (std::size_t lineCount) { lines = lineCount; }

    /** It was there already, or is now. `ms`: that it took to speak it. */
    void stored (const FarmLine& line, const TakeRecord& take);
    void rendered (const FarmLine& line, const TakeRecord& take, double ms);

    /** It is stored, and the project hears it: nothing else is known of it. */
    void heard (const FarmLine& line);

    /** It will never work. */
    void failed (const FarmLine& line, const std::string& why);

    /** It was not spoken this time. */
    void left (const FarmLine& line, const std::string& why);

    /** The last line. @returns the exit code. */
    int end (const std::string& fingerprint, double wallMs, int signalCode);

    bool isComplete() const { return storedCount + renderedCount == lines; }

private:
    void take (const FarmLine& line, const char* state, const TakeRecord& take, double ms);
    void write (const nlohmann::json& json);

    std::ostream& out;
    std::string chunk;
    std::size_t lines = 0, storedCount = 0, renderedCount = 0, failedCount = 0;
    double seconds = 0.0; // of speech, rendered now
};
} // namespace tableread::engine
