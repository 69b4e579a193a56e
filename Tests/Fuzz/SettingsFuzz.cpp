// SPDX-License-Identifier: Apache-2.0
// Input: a settings file. What is accepted must be keys that exist, with values that an option can be given.
#include <algorithm>

#include "Fuzz/FuzzChecks.h"
#include "Settings/Keys.h"
#include "Settings/Settings.h"

using namespace tableread;
using tableread::test::mustHold;

namespace
{
void checkText (const std::string& text)
{
    mustHold (! text.empty(), "no empty text");
    mustHold (std::none_of (text.begin(), text.end(), [] (char c) { return c >= 0 && c < 0x20; }),
              "a text without control characters");
}

void checkSettings (const Settings& settings)
{
    for (const auto& setting : settings.values)
    {
        const auto keys = settingKeys();
        mustHold (std::ranges::find (keys, setting.key, &SettingKey::name) != keys.end(),
                  "a key that exists");
        mustHold (settings.find (setting.key) == &setting, "each key once");
        mustHold (setting.line >= 1, "a line");
        for (const auto& value : setting.values)
            checkText (value);
    }
    for (const auto& model : settings.models)
    {
        mustHold (model.line >= 1, "a line");
        checkText (model.path);
    }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const auto settings = parseSettings ({ reinterpret_cast<const char*> (data), size },
                                         { "/etc/settings.toml", {}, "/home/ada" });
    if (settings)
        checkSettings (*settings);
    else
        test::checkRefusal (settings.error());
    return 0;
}
