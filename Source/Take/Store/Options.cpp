// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/Options.h"

#include "Core/ByteSize.h"
#include "Core/Disk/DataFolder.h"
#include "Settings/Keys.h"

namespace tableread
{
Result<TakeStoreOptions> takeStoreOptions (const Settings& settings, const std::string& variable)
{
    const auto wrong = [&] (const Setting& setting, const std::string& expected) {
        return tl::make_unexpected (
            Error { ErrorCode::InvalidInput,
                    setting.key + ": \"" + printable (setting.values.front()) + "\" is not " + expected + '.',
                    settings.at (setting.line) });
    };
    TakeStoreOptions options { .folder = dataFolder ("takes") };
    if (const auto* size = settings.find ("takes.size"))
    {
        constexpr std::int64_t least = 100'000'000;
        options.mostBytes = parseBytes (size->values.front()).value_or (0);
        if (options.mostBytes < least)
            return wrong (*size, "a size of 100MB or more with its unit, such as 20GB");
    }
    if (const auto* eviction = settings.find ("takes.eviction"))
    {
        options.evicts = eviction->values.front() == "on";
        if (! options.evicts && eviction->values.front() != "off")
            return wrong (*eviction, "on or off");
    }
    if (const auto* folder = settings.find ("takes.folder"))
    {
        options.folder = folder->values.front();
        options.namedBy = "takes.folder in " + settings.at (folder->line);
    }
    if (! variable.empty())
    {
        options.folder = variable;
        options.namedBy = takesVariable;
        if (! options.folder.is_absolute())
            return tl::make_unexpected (Error {
                ErrorCode::InvalidInput,
                '"' + printable (variable) + "\" is not a whole path. Begin it with /.", takesVariable });
    }
    return options;
}
} // namespace tableread
