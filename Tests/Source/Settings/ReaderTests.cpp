// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Settings/Keys.h"
#include "Settings/Settings.h"

using namespace tableread;
using Catch::Contains;
using Values = std::vector<std::string>;

namespace
{
const SettingsPlace place { "/etc/s.toml", {}, "/home/ada" };

Settings parsed (const std::string& text)
{
    auto settings = parseSettings (text, place);
    INFO ((settings ? std::string() : settings.error().text()));
    REQUIRE (settings);
    return *settings;
}

std::string mistakeOf (const std::string& text)
{
    const auto settings = parseSettings (text, place);
    REQUIRE (! settings);
    CHECK (settings.error().code == ErrorCode::InvalidInput);
    return settings.error().text();
}

Values valuesOf (const std::string& text, const std::string& key)
{
    const auto settings = parsed (text);
    REQUIRE (settings.find (key) != nullptr);
    return settings.find (key)->values;
}
} // namespace

TEST_CASE ("Settings become values as options have them", "[source][settings]")
{
    const auto settings = parsed (R"(# comment
device = "cuda"
threads = 4

[engine]
path = "~/bin/tableread-engine"

[offload]
gpu_layers = 8
pin_memory = false

[serve]
passages = "auto"
idle_exit = 1.5
listen = ["127.0.0.1:8080", "[::1]:8080"]
voice_folders = ["/srv/voices", "~/voices"]
voice_aliases = { alloy = "anna", "Old Ben" = "ben" }
openai_voices = true
)");
    const auto values = [&] (const char* key) { return settings.find (key)->values; };
    CHECK (values ("device") == Values { "cuda" });
    CHECK (values ("threads") == Values { "4" });
    CHECK (values ("engine.path") == Values { "/home/ada/bin/tableread-engine" });
    CHECK (values ("offload.gpu_layers") == Values { "8" });
    CHECK (values ("offload.pin_memory") == Values { "false" });
    CHECK (values ("serve.passages") == Values { "auto" });
    CHECK (values ("serve.idle_exit") == Values { "1.5" });
    CHECK (values ("serve.listen") == Values { "127.0.0.1:8080", "[::1]:8080" });
    CHECK (values ("serve.voice_folders") == Values { "/srv/voices", "/home/ada/voices" });
    CHECK (values ("serve.voice_aliases") == Values { "Old Ben=ben", "alloy=anna" });
    CHECK (settings.find ("offload.gpu_layers")->line == 9);
    CHECK (settings.find ("offload.weights") == nullptr);
    CHECK (settings.at (9) == "/etc/s.toml:9");
    CHECK (settings.values.front().key == "device");
    CHECK (valuesOf ("[serve]\npassages = 4", "serve.passages") == Values { "4" });
    CHECK (valuesOf ("[serve]\nidle_exit = 600", "serve.idle_exit") == Values { "600" });
}

TEST_CASE ("Models keep their order, and may be named as in the hub", "[source][settings]")
{
    const auto settings = parsed (R"([[models]]
name = "big"
path = "microsoft/VibeVoice-1.5B"
device = "cuda:1"
dtype = "bf16"
weights = "int8"
[[models]]
path = "~/models/small"
)");
    REQUIRE (settings.models.size() == 2);
    const auto& [line, name, path, device, dtype, weights] = settings.models.front();
    CHECK (line == 1);
    CHECK (name == "big");
    CHECK (path == "microsoft/VibeVoice-1.5B");
    CHECK (device == "cuda:1");
    CHECK (dtype == "bf16");
    CHECK (weights == "int8");
    CHECK (settings.models.back().path == "/home/ada/models/small");
    CHECK (settings.models.back().line == 7);
    CHECK (settings.models.back().name.empty());
}

TEST_CASE ("A wrong key is an error with its line and the key that is meant", "[source][settings][errors]")
{
    const auto [text, message] = GENERATE (table<std::string, std::string> ({
        { "[offload]\ngpu_layer = 8",
          "/etc/s.toml:2: offload.gpu_layer is not a setting. Did you mean gpu_layers?" },
        { "[offload]\ngpu-layers = 8", "Did you mean gpu_layers?" },
        { "\n[offlaod]\ngpu_layers = 8", "/etc/s.toml:2: offlaod is not a setting. Did you mean offload?" },
        { "Device = \"cpu\"", "/etc/s.toml:1: Device is not a setting. Did you mean device?" },
        { "passages = 4", "passages is not a setting. Did you mean serve.passages?" },
        { "[offload]\npassages = 4", "Did you mean serve.passages?" },
        { "[[models]]\npath = \"/m\"\nweight = \"fp8\"",
          "/etc/s.toml:3: models.weight is not a setting. Did you mean weights?" },
        { "[serve]\ncolour = 1", "serve.colour is not a setting. Assets/docs/settings.md" },
        { "[log.more]\nlevel = 1", "log.more is not a setting" },
        { "\"\\u0007x\" = 1", "/etc/s.toml:1: ?x is not a setting" },
    }));
    CAPTURE (text);
    CHECK_THAT (mistakeOf (text), Contains (message));
}

TEST_CASE ("A table without a name is an error with its line", "[source][settings][errors]")
{
    const auto text =
        GENERATE (as<std::string> {}, "[ =", "[[ = 1]]", "[\x15offload]", "[[(", "[ #", "[a.=]");
    CAPTURE (text);
    CHECK_THAT (mistakeOf ("\n" + text + "\n"), Contains ("/etc/s.toml:2"));
}

TEST_CASE ("A letter that is not ASCII outside quotes is an error with its line",
           "[source][settings][errors]")
{
    const auto wrong = GENERATE (as<std::string> {}, "\u00c4nne = 1", "a = \"b\" \u00c4", "[\u4f60]",
                                 "a = '\u00c4' \u00c4", "a = \"\\\"\" \u00c4", "a = \"\"\"b\"\"\"\"\" \u00c4",
                                 "\u3000a = 1", "a = { \"b\" \u00c4 = 1 }");
    CAPTURE (wrong);
    CHECK_THAT (mistakeOf ("# \u00c4\n" + wrong + "\n"), Contains ("/etc/s.toml:2"));
}

TEST_CASE ("Any letter may be in quotes and comments", "[source][settings]")
{
    const auto right = GENERATE (
        as<std::string> {}, "\xef\xbb\xbf# \u00c4\n[offload]\n", "[[models]]\npath = \"/\u00c4\" # \u00c4",
        "[[models]]\npath = '/\u00c4\\'", "[[models]]\npath = \"\"\"/\u00c4\\\"\"\"\"\"",
        "[[models]]\npath = \"\"\"/a\\\n \u00c4\"\"\"", "[[models]]\npath = '''/\u00c4'''''");
    CAPTURE (right);
    CHECK (parseSettings (right, place).has_value());
}

TEST_CASE ("A wrong type is an error with its line and key", "[source][settings][errors]")
{
    const auto [text, message] = GENERATE (table<std::string, std::string> ({
        { "device = 1", "/etc/s.toml:1: device must be a text in quotes, not a whole number." },
        { "\nthreads = \"4\"", "/etc/s.toml:2: threads must be a whole number, not a text." },
        { "threads = 4.5", "threads must be a whole number, not a number with a fraction." },
        { "[offload]\nauto = 1", "offload.auto must be true or false, not a whole number." },
        { "[serve]\nlisten = \"x:1\"", "serve.listen must be a list of texts in quotes, not a text." },
        { "[serve]\nlisten = [\n\"x:1\",\n2]",
          "/etc/s.toml:4: each item of serve.listen must be a text in quotes" },
        { "[serve]\nidle_exit = 07:30:00", "serve.idle_exit must be a number, not a date or a time." },
        { "[serve]\npassages = true",
          "serve.passages must be a whole number or a text in quotes, not true or false" },
        { "[serve]\nvoice_aliases = [\"a\"]", "serve.voice_aliases must be a table" },
        { "[serve.voice_aliases]\nalloy = 1",
          "/etc/s.toml:2: serve.voice_aliases.alloy must be a text in quotes" },
        { "[serve.voice_aliases]\n\"a=b\" = \"c\"", "has = or a control character" },
        { "offload = 8", "offload must be a table, not a whole number." },
        { "models = \"/m\"", "models must be a list of tables, each beginning with [[models]]" },
        { "models = [1]", "models must be a list of tables" },
        { "[[models]]\nname = \"x\"", "/etc/s.toml:1: this entry of [[models]] has no path" },
        { "[[models]]\npath = 1", "/etc/s.toml:2: models.path must be a text in quotes" },
        { "device = \"\"", "device is empty" },
        { "device = \"a\\tb\"", "device has a control character in it" },
        { "[engine]\npath = \"bin/engine\"",
          "engine.path: \"bin/engine\" is not a whole path. Begin it with / or ~/." },
        { "[serve]\nvoice_folders = [\"voices\"]", "is not a whole path" },
        { "[[models]]\npath = \"mini\"", "is not a whole path" },
        { "device = \"cpu", "/etc/s.toml:1: this is not TOML: " },
        { "device = \"cpu\"\ndevice = \"cpu\"", "/etc/s.toml:2: this is not TOML: " },
    }));
    CAPTURE (text);
    CHECK_THAT (mistakeOf (text), Contains (message));
}

TEST_CASE ("The first of several mistakes is told", "[source][settings][errors]")
{
    CHECK_THAT (mistakeOf ("[serve]\nlisten = 1\n[offload]\nvram = 2\n[cache]\nvoices = \"x\""),
                Contains ("/etc/s.toml:2: serve.listen"));
}

TEST_CASE ("A home that nobody knows makes ~ no path", "[source][settings][errors]")
{
    const auto settings = parseSettings ("[engine]\npath = \"~/engine\"", { "/etc/s.toml", {}, {} });
    REQUIRE (! settings);
    CHECK_THAT (settings.error().text(), Contains ("is not a whole path"));
}

TEST_CASE ("No key is in two tables twice, and each table is known", "[source][settings]")
{
    std::vector<std::string_view> names;
    for (const auto& key : settingKeys())
    {
        const auto dot = key.name.find ('.');
        CHECK (isSettingsTable (dot == std::string_view::npos ? "" : key.name.substr (0, dot)));
        CHECK (std::find (names.begin(), names.end(), key.name) == names.end());
        names.push_back (key.name);
    }
}
