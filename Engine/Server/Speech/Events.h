// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "EngineLink/Protocol.h"
#include "Server/Jobs/Progress.h"
#include "Server/Speech/LineMarks.h"

/** The server-sent events of a speech answer, as text: see Assets/docs/Protocol.md. */
namespace tableread::engine::events
{
/** How far the job has come. */
std::string progress (const std::string& job, const JobProgress::State& state, double seconds);

/** Bytes of the response format. */
std::string delta (std::string_view bytes);

std::string line (const LineMarks::Mark& mark);

/** The last one: speech.audio.done, or speech.audio.error if the job failed. */
std::string last (const protocol::SpeechEnd& end, const JobProgress::State& state);

/** Says nothing. */
inline constexpr const char* comment = ": \n\n";
} // namespace tableread::engine::events
