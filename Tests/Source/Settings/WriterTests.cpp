// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "Settings/Writer.h"
#include "Support/FileSizeLimit.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using Catch::Contains;
using Changes = std::vector<SettingChange>;
namespace fs = std::filesystem;

namespace
{
const SettingsPlace someFile { "/etc/s.toml", {}, "/home/ada" };

std::string changed (const std::string& text, const Changes& changes)
{
    const auto result = changedSettings (text, changes, someFile);
    INFO ((result ? std::string() : result.error().text()));
    REQUIRE (result);
    return *result;
}

Error refusal (const std::string& text, const Changes& changes)
{
    const auto result = changedSettings (text, changes, someFile);
    REQUIRE_FALSE (result);
    return result.error();
}

std::string contentOf (const fs::path& file)
{
    std::ifstream in (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
}

const char* const sample = R"(# Mine. Do not touch.
device = "cuda"   # the big one

[[models]]
name = "big"  # the first
path = "~/models/VibeVoice-7B"

[[models]]
path = "microsoft/VibeVoice-1.5B"

[offload]
	preset = "budget"     # see the plan
pin_memory = false
cache_trim_interval = 20
# weights = "fp8"

[serve]
voice_folders = [
    "~/voices",  # a ] in a comment
    "/srv/[voices]",
]
voice_aliases = { alloy = "anna" }
)";
} // namespace

TEST_CASE ("A setting is changed where it stands, and all else stays", "[source][settings]")
{
    const std::string text = sample;
    auto expected = text;
    const auto replace = [&] (const std::string& from, const std::string& to) {
        expected.replace (expected.find (from), from.size(), to);
    };
    replace ("\"cuda\"", "\"cpu\"");
    replace ("\"budget\"", "\"light\"");
    replace ("~/models/VibeVoice-7B", "/m/a \\\"b\\\"");
    replace ("interval = 20", "interval = 0");
    CHECK (changed (text, { { "device", { "cpu" } },
                            { "offload.preset", { "light" } },
                            { "models.path", { "/m/a \"b\"" } },
                            { "offload.cache_trim_interval", { "0" } } }) == expected);
    CHECK (changed (text, {}) == text);
    CHECK (changed (text, { { "device", { "cuda" } } }) == text);
}

TEST_CASE ("A setting that is not there is added to its table", "[source][settings]")
{
    CHECK (changed ("", { { "device", { "cpu" } } }) == "device = \"cpu\"\n");
    CHECK (changed ("", { { "offload.gpu_layers", { "8" } } }) == "[offload]\ngpu_layers = 8\n");
    CHECK (changed ("threads = 4", { { "offload.auto", { "true" } }, { "device", { "cpu" } } }) ==
           "threads = 4\ndevice = \"cpu\"\n\n[offload]\nauto = true\n");
    CHECK (changed ("# top\n\n# about it\n[log]\nlevel = \"info\"\n", { { "threads", { "2" } } }) ==
           "# top\n\nthreads = 2\n\n# about it\n[log]\nlevel = \"info\"\n");
    CHECK (changed ("[log]\n", { { "threads", { "2" } } }) == "threads = 2\n\n[log]\n");
    CHECK (changed ("\xef\xbb\xbf[log]\n", { { "threads", { "2" } } }) ==
           "\xef\xbb\xbfthreads = 2\n\n[log]\n");
    CHECK (changed ("[offload]\nprefetch = 2\n\n# why\n[log]\n", { { "offload.trim", { "always" } } }) ==
           "[offload]\nprefetch = 2\ntrim = \"always\"\n\n# why\n[log]\n");
    CHECK (changed ("[log]\r\nlevel = \"info\"\r\n", { { "log.files", { "3" } } }) ==
           "[log]\r\nlevel = \"info\"\r\nfiles = 3\r\n");
    CHECK (changed ("", { { "models.path", { "/m" } }, { "models.weights", { "int8" } } }) ==
           "[[models]]\npath = \"/m\"\nweights = \"int8\"\n");
    CHECK_THAT (changed (sample, { { "models.device", { "cuda:1" } } }),
                Contains ("path = \"~/models/VibeVoice-7B\"\ndevice = \"cuda:1\"\n\n[[models]]"));
    CHECK (changed ("", { { "serve.passages", { "auto" } }, { "serve.listen", { "[::1]:80", "a:1" } } }) ==
           "[serve]\npassages = \"auto\"\nlisten = [\"[::1]:80\", \"a:1\"]\n");
    CHECK (changed ("[serve]\npassages = \"auto\"", { { "serve.passages", { "4" } } }) ==
           "[serve]\npassages = 4");
}

TEST_CASE ("Tables in one line and keys with dots are changed in their own form", "[source][settings]")
{
    const Changes preset { { "offload.preset", { "light" } } };
    CHECK (changed ("offload = { prefetch = 2 } # one line\n", preset) ==
           "offload = { prefetch = 2, preset = \"light\" } # one line\n");
    CHECK (changed ("offload = {}\n", preset) == "offload = { preset = \"light\" }\n");
    CHECK (changed ("offload = { preset = 'budget', prefetch = 2 }", preset) ==
           "offload = { preset = \"light\", prefetch = 2 }");
    CHECK (changed ("offload.prefetch = 2\nthreads = 1\n[log]\n", preset) ==
           "offload.prefetch = 2\noffload.preset = \"light\"\nthreads = 1\n[log]\n");
    const Changes none { { "offload.preset", {} } };
    CHECK (changed ("offload = { preset = 'budget', prefetch = 2 }", none) == "offload = { prefetch = 2 }");
    CHECK (changed ("offload = { prefetch = 2, preset = 'budget' }", none) == "offload = { prefetch = 2 }");
    CHECK (changed ("offload = { preset = 'budget' }\n", none) == "offload = {  }\n");
    CHECK (changed ("\"offload\" . 'preset' = '''budget'''\nthreads = 1\n", none) == "threads = 1\n");
}

TEST_CASE ("A setting that goes leaves its comment", "[source][settings]")
{
    const auto text = changed (sample, { { "offload.preset", {} }, { "offload.pin_memory", {} } });
    CHECK_THAT (text, Contains ("[offload]\n\t# see the plan\ncache_trim_interval = 20\n# weights"));
    CHECK_FALSE (parseSettings (text, someFile)->find ("offload.preset"));
    CHECK (changed ("[serve]\nlisten = [\n  \"a:1\",\n]\nidle_exit = 3\n", { { "serve.listen", {} } }) ==
           "[serve]\nidle_exit = 3\n");
    CHECK (changed ("threads = 1", { { "threads", {} } }).empty());
    CHECK (changed (sample, { { "log.file", {} } }) == sample);
}

TEST_CASE ("The first model goes with all its keys, and the comments stay", "[source][settings]")
{
    const Changes gone { { "models" } };
    CHECK (changed ("[[models]]\npath = \"/m\"\nweights = \"int8\"\n", gone).empty());
    CHECK (changed ("threads = 2\n\n[[models]]\npath = \"/m\"\n", gone) == "threads = 2\n");
    CHECK (changed ("threads = 2\n", gone) == "threads = 2\n");
    auto expected = std::string (sample);
    const auto erase = [&] (const std::string& part) { expected.erase (expected.find (part), part.size()); };
    erase ("[[models]]\nname = \"big\"  ");
    erase ("path = \"~/models/VibeVoice-7B\"\n");
    CHECK (changed (sample, gone) == expected);
    CHECK (parseSettings (expected, someFile)->models.size() == 1);
    CHECK (changed (sample, { { "models" }, { "models" } }).find ("path =") == std::string::npos);
    CHECK_THAT (refusal ("models = [{ path = \"/m\" }]\n", gone).text(), Contains ("Change it by hand"));
}

TEST_CASE ("A settings file with a mistake is not changed, and a change that makes one is refused",
           "[source][settings][errors]")
{
    CHECK (refusal ("threads = 1\nthread = 2\n", { { "device", { "cpu" } } }).text() ==
           "/etc/s.toml:2: thread is not a setting. Did you mean threads?");
    CHECK_THAT (refusal ("[offload\n", { { "device", { "cpu" } } }).text(),
                Contains ("/etc/s.toml:1: this is not TOML"));
    CHECK_THAT (refusal ("", { { "models.path", { "models/big" } }, { "models.path", { "../big" } } }).text(),
                Contains ("is not a whole path"));
    CHECK_THAT (refusal ("", { { "threads", { "many" } } }).text(), Contains ("/etc/s.toml:1"));
    CHECK_THAT (refusal ("", { { "offload.presets", { "x" } } }).text(), Contains ("not a setting"));
    CHECK_THAT (refusal ("", { { "models.paths", { "x" } } }).text(), Contains ("not a setting"));
    CHECK (refusal ("", { { "threads", { "1 # x" } } }).code ==
           ErrorCode::Unsupported); // it would not be that
    CHECK (refusal ("", { { "serve.voice_aliases", { "a=b" } } }).code == ErrorCode::Unsupported);
    const auto byHand = refusal ("models = [{ path = \"/m\" }]\n", { { "models.path", { "/n" } } });
    CHECK (byHand.code == ErrorCode::Unsupported);
    CHECK_THAT (byHand.text(), Contains ("Change it by hand"));
}

TEST_CASE ("A settings file that is cut anywhere is changed rightly or not at all",
           "[source][settings][errors]")
{
    const std::string text = sample;
    const Changes changes { { "offload.preset", { "light" } },
                            { "device", { "cpu" } },
                            { "log.files", { "3" } } };
    int whole = 0;
    for (std::size_t size = 0; size <= text.size(); ++size)
    {
        const auto cut = text.substr (0, size);
        const auto before = parseSettings (cut, someFile);
        const auto result = changedSettings (cut, changes, someFile);
        CAPTURE (cut);
        REQUIRE (result.has_value() == before.has_value());
        if (! result)
            continue;
        ++whole;
        auto after = parseSettings (*result, someFile);
        REQUIRE (after);
        for (const auto& setting : before->values)
            if (setting.key != "offload.preset" && setting.key != "device")
                CHECK (after->find (setting.key)->values == setting.values);
        REQUIRE (after->models.size() == before->models.size());
    }
    CHECK (whole > 20);
}

TEST_CASE ("The settings file is replaced as a whole, with its mode, through links", "[source][settings]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "deep" / "er" / "settings.toml";
    const SettingsPlace own { file, {}, "/home/ada" };
    REQUIRE (writeSettings (own, Changes { { "device", { "cpu" } } }));
    CHECK (contentOf (file) == "device = \"cpu\"\n");
    fs::permissions (file, fs::perms (0640));
    const auto link = folder.path() / "link.toml";
    fs::create_symlink (file, link);
    REQUIRE (writeSettings ({ link, {}, {} }, Changes { { "threads", { "3" } } }));
    CHECK (fs::is_symlink (link));
    CHECK (contentOf (file) == "device = \"cpu\"\nthreads = 3\n");
    CHECK (fs::status (file).permissions() == fs::perms (0640));
    CHECK (std::distance (fs::directory_iterator (file.parent_path()), {}) == 1); // nothing is left behind

    const auto written = fs::last_write_time (file);
    REQUIRE (writeSettings (own, Changes { { "threads", { "3" } } })); // it is so already
    CHECK (fs::last_write_time (file) == written);
    REQUIRE (writeSettings ({ folder.path() / "none.toml", {}, {} }, Changes { { "threads", {} } }));
    CHECK_FALSE (fs::exists (folder.path() / "none.toml"));
}

TEST_CASE ("A settings file that cannot be written says so and stays as it is", "[source][settings][errors]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "settings.toml";
    const Changes changes { { "device", { "cpu" } } };
    const SettingsPlace own { file, {}, {} };
    SECTION ("with a mistake")
    {
        std::ofstream (file) << "thread = 2\n";
        CHECK (writeSettings (own, changes).error().text() ==
               file.string() + ":1: thread is not a setting. Did you mean threads?");
        CHECK (contentOf (file) == "thread = 2\n");
    }
    SECTION ("that others may write")
    {
        std::ofstream (file) << "threads = 2\n";
        fs::permissions (file, fs::perms (0666));
        CHECK_THAT (writeSettings (own, changes).error().text(), Contains ("chmod go-w"));
    }
    SECTION ("below a file")
    {
        std::ofstream (file) << "threads = 2\n";
        const auto refused = writeSettings ({ file / "settings.toml", {}, {} }, changes);
        REQUIRE_FALSE (refused);
        CHECK_THAT (refused.error().text(), Contains ("cannot be written"));
        CHECK (contentOf (file) == "threads = 2\n");
    }
    SECTION ("nowhere")
    {
        CHECK_THAT (writeSettings ({}, changes).error().text(),
                    Contains ("neither XDG_CONFIG_HOME nor HOME"));
        CHECK_THAT (writeSettings ({ {}, "TABLEREAD_SETTINGS", {} }, changes).error().text(),
                    Contains ("TABLEREAD_SETTINGS says so"));
    }
    SECTION ("in a folder where nobody may write, not even root")
    {
        const auto refused = writeSettings ({ "/proc/settings.toml", {}, {} }, changes);
        REQUIRE_FALSE (refused);
        CHECK_THAT (refused.error().text(),
                    Contains ("/proc/settings.toml: the settings cannot be written: "));
    }
    SECTION ("in a folder that may only be read")
    {
        std::ofstream (file) << "threads = 2\n";
        fs::permissions (folder.path(), fs::perms (0500));
        const auto refused = writeSettings (own, changes);
        fs::permissions (folder.path(), fs::perms (0700));
        if (::geteuid() != 0) // whom no permissions stop
        {
            REQUIRE_FALSE (refused);
            CHECK_THAT (refused.error().text(), Contains ("Permission denied"));
            CHECK (contentOf (file) == "threads = 2\n");
        }
    }
    SECTION ("on a disk that is full")
    {
        std::ofstream (file) << "threads = 2\n";
        const test::FileSizeLimit full (4);
        CHECK_THAT (writeSettings (own, changes).error().text(), Contains ("cannot be written"));
        CHECK (contentOf (file) == "threads = 2\n");
        CHECK (std::distance (fs::directory_iterator (folder.path()), {}) == 1);
    }
}
