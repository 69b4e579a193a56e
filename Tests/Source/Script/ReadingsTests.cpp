// SPDX-License-Identifier: Apache-2.0
// The table in readings.txt: inputs and how they are read.
#include <fstream>

#include <catch2/catch.hpp>

#include "Script/Script.h"
#include "Script/Text.h"

using namespace tableread;

namespace
{
struct Case
{
    std::string title, script, reading;
    ScriptRules rules;
};

/** Replaces each \u{…} by the character. */
std::string unescaped (std::string text)
{
    for (auto at = text.find ("\\u{"); at != std::string::npos; at = text.find ("\\u{", at))
    {
        const auto end = text.find ('}', at);
        const auto code = (char32_t) std::stoul (text.substr (at + 3, end - at - 3), nullptr, 16);
        text.replace (at, end - at + 1, encodeUtf8 (std::u32string (1, code)));
    }
    return text;
}

void addRule (ScriptRules& rules, const std::string& rule)
{
    constexpr std::string_view voice = "voice ";
    if (rule.starts_with (voice))
        rules.knownSpeakers.push_back (rule.substr (voice.size()));
    else if (rule == "typography full")
        rules.typography = Typography::Full;
    else if (rule == "typography off")
        rules.typography = Typography::Off;
    else if (rule == "speak directions")
        rules.speakDirections = true;
    else
        FAIL ("readings.txt: unknown rule " + rule);
}

std::vector<Case> readTable()
{
    std::ifstream file (TABLEREAD_ROOT "/Tests/Source/Script/readings.txt");
    std::vector<Case> cases;
    bool inReading = false;
    for (std::string line; std::getline (file, line);)
    {
        if (line.starts_with ("@ ") && line.find ("    ") == std::string::npos)
        {
            cases.push_back ({ line.substr (2), {}, {}, {} });
            inReading = false;
        }
        else if (cases.empty())
            continue;
        else if (line.starts_with ("% "))
            addRule (cases.back().rules, line.substr (2));
        else if (line == "=>")
            inReading = true;
        else if (! inReading)
            cases.back().script += unescaped (line) + '\n';
        else if (! line.empty())
            cases.back().reading += unescaped (line) + '\n';
    }
    return cases;
}

std::string readingOf (const Script& script)
{
    std::string text;
    for (const auto& line : script.lines)
        text += script.speakers.at ((std::size_t) line.speaker).name + " | " + line.text + " |" +
                (line.direction.empty() ? "" : " " + line.direction) + " | " +
                std::to_string (line.pauseBeforeMs) + '\n';
    for (const auto& note : script.notes)
        text += "! " + std::to_string (note.sourceLine) + ' ' + nameOf (note.kind) + '\n';
    return text;
}
} // namespace

TEST_CASE ("Every script of the table is read as it says", "[source][script]")
{
    const auto cases = readTable();
    CHECK (cases.size() > 30);
    for (const auto& [title, script, reading, rules] : cases)
    {
        CAPTURE (title);
        const auto read = parseScript (script, rules);
        REQUIRE (read);
        CHECK (readingOf (*read) == reading);
    }
}

TEST_CASE ("A table's case with Windows line ends or trailing blanks reads alike", "[source][script]")
{
    for (const auto& [title, script, reading, rules] : readTable())
    {
        CAPTURE (title);
        std::string changed;
        for (const auto letter : script)
            changed += letter == '\n' ? " \t\r\n" : std::string (1, letter);
        CHECK (readingOf (parseScript (changed, rules).value()) == reading);
    }
}
