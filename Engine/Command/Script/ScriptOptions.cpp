// SPDX-License-Identifier: Apache-2.0
#include "Command/Script/ScriptOptions.h"

#include <CLI/CLI.hpp>

#include "Text/Tokenizer.h"
#include "Text/TokenizerPlace.h"

namespace tableread::engine
{
const char* nameOf (Typography typography)
{
    switch (typography)
    {
        case Typography::Full:
            return "full";
        case Typography::Demo:
            return "demo";
        case Typography::Off:
            break;
    }
    return "off";
}

void addTypographyOption (CLI::App& command, std::string& typography)
{
    command
        .add_option ("--typography", typography,
                     "Quotes, dashes and emoji: demo as in the official demos, full as plain ASCII, off as "
                     "written; auto: full for a tokenizer of bytes, else demo")
        ->check (CLI::IsMember ({ "auto", "demo", "full", "off" }))
        ->capture_default_str();
}

Typography typographyOf (const std::string& option, const LoadOptions& load)
{
    if (option == "auto")
        return tokenizerHasOnlyBytes (load.tokenizer.empty() ? findTokenizer (load.model).folder
                                                             : load.tokenizer)
                   ? Typography::Full
                   : Typography::Demo;
    return option == "full" ? Typography::Full : option == "demo" ? Typography::Demo : Typography::Off;
}

void ScriptOptions::addTo (CLI::App& command)
{
    command.add_flag ("--check", check,
                      "Say how the script is read and what would be refused; nothing is rendered");
    command
        .add_option ("--as", as,
                     "Format of the script: auto refuses subtitles and screenplays, text reads them as "
                     "they are")
        ->check (CLI::IsMember ({ "auto", "text" }))
        ->capture_default_str();
    addTypographyOption (command, typography);
    command.add_flag ("--speak-directions", speakDirections,
                      "Speak directions behind a name, and lines in parentheses");
}

ImportOptions ScriptOptions::resolve (std::span<const CastMember> chosen, const LoadOptions& load) const
{
    ImportOptions options { .rules = { .typography = typographyOf (typography, load),
                                       .speakDirections = speakDirections },
                            .asText = as == "text",
                            .textOption = "--as text" };
    for (const auto& member : chosen)
        if (! isEverybodyElse (member))
            options.rules.knownSpeakers.push_back (member.speaker);
    return options;
}
} // namespace tableread::engine
