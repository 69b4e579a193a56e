// SPDX-License-Identifier: Apache-2.0
// Input: what a worker gets from a queue: a line that is to be spoken, or the state of one. Whoever may write to the server's
// subjects can send anything: it is read whole, or refused in a sentence, and what was read survives being sent on.
#include <cmath>

#include "Farm/Messages.h"
#include "Fuzz/FuzzChecks.h"

using namespace tableread;
using namespace tableread::engine;
using tableread::test::mustHold;

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const std::string_view text (reinterpret_cast<const char*> (data), size);
    if (const auto line = parseLineMessage (text))
    {
        mustHold (line->line > 0 && ! line->request.lines.empty(), "there is a line to speak");
        mustHold (line->hashes.size() == line->request.voices.size(), "each voice has a hash");
        for (const auto& spoken : line->request.lines)
            mustHold (spoken.speaker >= 0 &&
                          static_cast<std::size_t> (spoken.speaker) < line->request.voices.size(),
                      "each line has a voice");
        const auto again = parseLineMessage (toJson (*line));
        mustHold (again && again->hashes == line->hashes && again->request.lines == line->request.lines,
                  "it survives being sent on");
    }
    else
        test::checkRefusal (line.error());
    if (const auto state = parseLineResult (text))
    {
        mustHold (state->failures >= 0 && std::isfinite (state->seconds), "numbers in their ranges");
        mustHold (parseLineResult (toJson (*state)).has_value(), "it survives being sent on");
    }
    else
        test::checkRefusal (state.error());
    return 0;
}
