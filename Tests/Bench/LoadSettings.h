// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "EngineLink/Protocol.h"

namespace tableread::test
{
/** A text and who speaks it. */
struct SpokenText
{
    std::string text;
    VoiceReference voice; // neither name nor path: the engine chooses
};

/** A load on an engine. */
struct LoadSettings
{
    std::filesystem::path socket;
    int clients = 1;
    int depth = 1;            // requests that each client has open at the same time
    double seconds = 10;      // in which requests begin
    double settleSeconds = 0; // the first of them, whose audio is not counted: the first lines begin together
    double finishSeconds = 30; // that those which run then may take to end
    double rate =
        0; // requests a second that arrive whatever is answered; 0: each client waits for its answer
    std::vector<SpokenText> lines; // a client's requests take them in turn
    std::uint64_t seed = 0;        // of the speech, and of the times when requests arrive
    std::optional<std::string>
        clientNames;          // what the name in tableread.client begins with; empty: none is sent
    std::optional<int> dueMs; // tableread.due_ms
    protocol::SampleFormat format = protocol::SampleFormat::Float32;
    bool compare = false;    // every stream with one that was asked for alone
    bool asksHealth = false; // 20 times a second
    int baselineClients = 0; // of a first run, to which the load is compared; 0: none
    std::optional<int> pid;  // of the engine
};

/** The body of a request. */
std::string bodyOf (const LoadSettings& settings, const SpokenText& line, int client);
} // namespace tableread::test
