// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "EngineLink/Operation/Operator.h"
#include "EngineLink/RenderLink.h"

namespace tableread::plugin
{
enum class Tone
{
    Calm,
    Busy, // something is under way
    Bad
};

/** A line of a table: "Memory", "6.2 of 10.0 GB". */
struct TextRow
{
    std::string name, value;

    bool operator== (const TextRow&) const = default;
};

/** What this machine and this process are like, as far as the panel's sentences depend on it. */
struct EngineSurroundings
{
    bool hasGpuDriver = false;
    std::string modelOfEnvironment; // TABLEREAD_MODEL; empty: not set
    bool opensFiles = false;        // a program opens a text that is double-clicked

    static EngineSurroundings current();
};

/** All that the panel's sentences are made of. */
struct EngineFacts
{
    const EngineView& view;
    std::optional<SafeMode> safeMode {}; // of the link
    bool isEmbeddedOnly = false;         // likewise
    LinkProgress progress {};            // likewise
    EngineSurroundings surroundings {};
    EngineView::Clock::time_point now = EngineView::Clock::now();
};

/** What the engine panel says of the engine. */
struct EnginePanelText
{
    std::string headline;
    Tone tone = Tone::Calm;
    std::optional<double> progress {}; // 0 to 1; below 0: not known how far
    std::vector<TextRow> rows;         // always the same names
    std::vector<std::string> warnings;
    bool isThere = false; // an engine that can be asked
    bool isBusy = false;  // with what it was asked for: it can be left
    bool isSafeMode = false;
};
EnginePanelText describeEngine (const EngineFacts& facts);

/** What the panel says of a loading that was planned. */
struct PlanText
{
    std::string sentence; // what is to be known first
    Tone tone = Tone::Calm;
    std::vector<TextRow> rows; // the memory table
};
PlanText describePlan (const EngineView::Ended& plan);
} // namespace tableread::plugin
