// SPDX-License-Identifier: Apache-2.0
// Input: a settings file. What is accepted must be keys that exist, with values that an option can be given; and a change of
// it must leave the rest.
#include <algorithm>

#include "Fuzz/FuzzChecks.h"
#include "Settings/Keys.h"
#include "Settings/Settings.h"
#include "Settings/Writer.h"

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
/** A change leaves the other keys as they are, or is refused. */
void checkChange (std::string_view text, const Settings& before, const SettingsPlace& place)
{
    for (const auto* key : { "device", "offload.preset", "models.path" })
        for (const auto& values : { std::vector<std::string> {}, std::vector<std::string> { "/new" } })
        {
            const SettingChange change { key, values };
            const auto changed = changedSettings (text, std::span (&change, 1), place);
            if (! changed)
            {
                test::checkRefusal (changed.error());
                continue;
            }
            const auto after = parseSettings (*changed, place);
            mustHold (after.has_value(), "a changed file can be read");
            for (const auto& setting : before.values)
                mustHold (setting.key == key || (after->find (setting.key) != nullptr &&
                                                 after->find (setting.key)->values == setting.values),
                          "the other keys stay");
        }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const SettingsPlace place { "/etc/settings.toml", {}, "/home/ada" };
    const std::string_view text (reinterpret_cast<const char*> (data), size);
    const auto settings = parseSettings (text, place);
    if (settings)
    {
        checkSettings (*settings);
        checkChange (text, *settings, place);
    }
    else
        test::checkRefusal (settings.error());
    return 0;
}
