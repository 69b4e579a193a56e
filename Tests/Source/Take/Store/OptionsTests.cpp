// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Support/Environment.h"
#include "Take/Store/Options.h"

using namespace tableread;
using Catch::Contains;

namespace
{
Result<TakeStoreOptions> optionsOf (const std::string& text, const std::string& variable = {})
{
    const auto settings = parseSettings (text, { "/etc/s.toml", {}, "/home/ada" });
    REQUIRE (settings);
    return takeStoreOptions (*settings, variable);
}
} // namespace

TEST_CASE ("Takes are kept where settings and environment say", "[source][take][store][settings]")
{
    const test::Environment environment ({ "XDG_DATA_HOME", "HOME" });
    const auto nowhere = optionsOf ("").value();
    CHECK (nowhere.folder.empty());
    CHECK (nowhere.evicts);
    CHECK (nowhere.mostBytes == 20'000'000'000);
    ::setenv ("HOME", "/home/ada", 1);
    CHECK (optionsOf ("").value().folder == "/home/ada/.local/share/tableread/takes");
    ::setenv ("XDG_DATA_HOME", "/data", 1);
    CHECK (optionsOf ("").value().folder == "/data/tableread/takes");
    CHECK (optionsOf ("").value().namedBy.empty());

    const auto set =
        optionsOf ("[takes]\nfolder = \"~/takes\"\nsize = \"1.5GB\"\neviction = \"off\"\n").value();
    CHECK (set.folder == "/home/ada/takes");
    CHECK (set.namedBy == "takes.folder in /etc/s.toml:2");
    CHECK (set.mostBytes == 1'500'000'000);
    CHECK_FALSE (set.evicts);
    CHECK (optionsOf ("[takes]\neviction = \"on\"\n").value().evicts);

    const auto variable = optionsOf ("[takes]\nfolder = \"~/takes\"\nsize = \"2GB\"\n", "/mnt/takes").value();
    CHECK (variable.folder == "/mnt/takes");
    CHECK (variable.namedBy == "TABLEREAD_TAKES");
    CHECK (variable.mostBytes == 2'000'000'000);
}

TEST_CASE ("A wrong setting of the takes is an error with its line",
           "[source][take][store][settings][errors]")
{
    const auto [text, variable, message] = GENERATE (table<std::string, std::string, std::string> ({
        { "[takes]\nsize = \"10\"", "", "/etc/s.toml:2: takes.size: \"10\" is not a size of 100MB or more" },
        { "[takes]\nsize = \"99MB\"", "", "takes.size: \"99MB\" is not a size" },
        { "[takes]\neviction = \"yes\"", "", "/etc/s.toml:2: takes.eviction: \"yes\" is not on or off." },
        { "", "takes", "TABLEREAD_TAKES: \"takes\" is not a whole path. Begin it with /." },
    }));
    const auto options = optionsOf (text, variable);
    REQUIRE_FALSE (options);
    CHECK (options.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (options.error().text(), Contains (message));
}
