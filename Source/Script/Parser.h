// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "Script/Builder.h"
#include "Script/PauseMark.h"
#include "Script/Script.h"
#include "Script/SourceLines.h"

namespace tableread
{
/** Reads a script's lines one after the other; single-use. */
class ScriptParser
{
public:
    /** `rules` must outlive it. */
    ScriptParser (std::vector<std::u32string> text, const ScriptRules& rules);

    Result<Script> parse();

private:
    void parseLine (const SourceLine& line);
    void parseSpoken (const SourceLine& line);
    void noteText (const SourceLine& line);
    std::u32string_view takeDirections (std::u32string_view text);
    void takeLeadingPauses (std::u32string_view line);
    void speakWithPauses (std::u32string_view text);
    void addPause (std::u32string_view line, const PauseMark& pause);

    const ScriptRules& rules;
    const SourceLines source;
    ScriptBuilder builder;
};
} // namespace tableread
