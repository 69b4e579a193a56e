// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "Import/Import.h"
#include "Passage/Cast.h"
#include "Render/Renderer.h"

namespace CLI
{
class App;
}

namespace tableread::engine
{
/** The options that say how a script is read. */
struct ScriptOptions
{
    bool check = false;
    std::string as = "auto", typography = "auto";
    bool speakDirections = false;

    void addTo (CLI::App& command);

    /** Who has a voice in `chosen` is known to be a speaker. */
    ImportOptions resolve (std::span<const CastMember> chosen, const LoadOptions& load) const;
};

void addTypographyOption (CLI::App& command, std::string& typography);

/** "auto" depends on the model's tokenizer; where there is none, it is Demo. */
Typography typographyOf (const std::string& option, const LoadOptions& load);

/** "off", "demo" or "full". */
const char* nameOf (Typography typography);
} // namespace tableread::engine
