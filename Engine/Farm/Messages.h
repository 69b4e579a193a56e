// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "EngineLink/Protocol.h"

/** What a queue's messages say, as structs and as JSON (Assets/docs/queue.md).

    Reading   trusts nothing: whoever may write to the server's subjects can send anything. Unknown fields are ignored.
              @returns InvalidInput or OutOfRange with the field in `where`; Unsupported if a newer version has written it. */
namespace tableread::engine
{
inline constexpr std::size_t mostMessageBytes = std::size_t { 8 } << 20;

/** A line that is to be spoken, with all that a worker needs besides the model and the recordings. */
struct LineMessage
{
    std::int64_t line = 0;              // its number in the project, from 1
    std::string project {}, title {};   // for people
    std::string id {};                  // that a manifest gives it; empty: none does
    protocol::SpeechRequest request {}; // lines, voices, seed, guidance, steps
    std::vector<std::string> hashes {}; // of each voice's audio; empty: the model invents the voice

    bool operator== (const LineMessage&) const = default;
};

std::string toJson (const LineMessage& message);
[[nodiscard]] Result<LineMessage> parseLineMessage (std::string_view json);

/** The last that is known of a line that a worker has begun. */
struct LineResult
{
    enum class State
    {
        Speaking, // by a worker that lives, or that has died since
        Stored,
        Left,    // somebody tries it again
        SetAside // nobody does
    };

    State state = State::Speaking;
    std::int64_t line = 0; // 0: of a message that is no line
    std::string project {}, title {};
    std::string node {};       // the machine
    std::int64_t failures = 0; // before now
    std::string reason {};     // of the last one: a sentence
    bool isRendered = false;   // Stored: now, not by somebody before
    double seconds = 0.0;      // Stored: of speech

    bool operator== (const LineResult&) const = default;
};

/** "speaking", "stored", "left", "set_aside". */
const char* nameOf (LineResult::State state);

std::string toJson (const LineResult& result);
[[nodiscard]] Result<LineResult> parseLineResult (std::string_view json);
} // namespace tableread::engine
