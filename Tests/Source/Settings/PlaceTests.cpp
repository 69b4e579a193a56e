// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "Settings/Settings.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
struct PlaceFixture
{
    fs::path file() const { return folder.path() / "settings.toml"; }

    void write (const std::string& text) const
    {
        std::ofstream (file(), std::ios::binary) << text;
        fs::permissions (file(), fs::perms (0644));
    }

    Error refusal() const
    {
        const auto settings = readSettings ({ file(), "--settings", {} });
        REQUIRE (! settings);
        return settings.error();
    }

    const test::TemporaryFolder folder;
};
} // namespace

TEST_CASE ("The settings file is where the option, the variable or the XDG specification says",
           "[source][settings]")
{
    using Environment = SettingsPlace::Environment;
    const auto [option, environment, file, namedBy] =
        GENERATE (table<std::string, Environment, std::string, std::string> ({
            { "", { "", "", "/home/ada" }, "/home/ada/.config/tableread/settings.toml", "" },
            { "", { "", "/cfg", "/home/ada" }, "/cfg/tableread/settings.toml", "" },
            { "", { "", "cfg", "/home/ada" }, "/home/ada/.config/tableread/settings.toml", "" }, // relative
            { "", { "", "", "" }, "", "" },
            { "", { "", "", "ada" }, "", "" },
            { "", { "s.toml", "/cfg", "/home/ada" }, "s.toml", "TABLEREAD_SETTINGS" },
            { "o.toml", { "s.toml", "/cfg", "/home/ada" }, "o.toml", "--settings" },
            { "/dev/null", { "s.toml", "/cfg", "/home/ada" }, "", "--settings" },
            { "", { "/dev/null", "/cfg", "/home/ada" }, "", "TABLEREAD_SETTINGS" },
        }));
    CAPTURE (option, file);
    const auto place = SettingsPlace::of (option, environment);
    CHECK (place.file == file);
    CHECK (place.namedBy == namedBy);
}

TEST_CASE ("A settings file that is not there is an error only if it was named", "[source][settings][errors]")
{
    const PlaceFixture f;
    const auto nothing = readSettings ({ f.file(), {}, {} });
    REQUIRE (nothing);
    CHECK (nothing->file.empty());
    CHECK (nothing->values.empty());
    CHECK (readSettings ({ f.file() / "below", {}, {} }));
    CHECK (f.refusal().code == ErrorCode::NotFound);
    CHECK_THAT (f.refusal().text(), Contains (f.file().string()) && Contains ("--settings names"));
    f.write ("device = \"cpu\"\n");
    const auto settings = readSettings ({ f.file(), {}, {} });
    REQUIRE (settings);
    CHECK (settings->file == f.file());
    CHECK (settings->find ("device")->values == std::vector<std::string> { "cpu" });
}

TEST_CASE ("A settings file that others may write is not followed", "[source][settings][errors]")
{
    const PlaceFixture f;
    f.write ("[engine]\npath = \"/tmp/evil\"\n");
    for (const int mode : { 0664, 0646, 0666 })
    {
        fs::permissions (f.file(), fs::perms (mode));
        CHECK (f.refusal().code == ErrorCode::InvalidInput);
        CHECK_THAT (f.refusal().text(), Contains ("chmod go-w"));
    }
    fs::permissions (f.file(), fs::perms (0600));
    CHECK (readSettings ({ f.file(), "--settings", {} }));
}

TEST_CASE ("What is no settings file is refused and not waited for", "[source][settings][errors]")
{
    const PlaceFixture f;
    SECTION ("a folder")
    {
        fs::create_directory (f.file());
        CHECK_THAT (f.refusal().text(), Contains ("not a file"));
    }
    SECTION ("a pipe")
    {
        REQUIRE (mkfifo (f.file().c_str(), 0600) == 0);
        CHECK_THAT (f.refusal().text(), Contains ("not a file"));
    }
    SECTION ("a file of two megabytes")
    {
        f.write (std::string (2'000'000, '\n'));
        CHECK_THAT (f.refusal().text(), Contains ("more than 1048576 bytes"));
    }
}
