// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include <catch2/catch.hpp>

#include <CLI/CLI.hpp>

#include "Command/Serve/Models.h"
#include "Command/SettingsOptions.h"
#include "Command/Subcommands.h"
#include "CommandFixture.h"
#include "RenderFixture.h"
#include "Settings/Keys.h"
#include "Support/Environment.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
struct SettingsFixture : CommandFixture
{
    /** Runs `settings`, which shows what serve would do. */
    Outcome shown (const std::string& text, std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "settings", "--settings", write ("s.toml", text) };
        std::filesystem::permissions (path ("s.toml"), std::filesystem::perms (0600));
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }

    /** The line of a key, with single spaces. */
    static std::string lineOf (const std::string& key, const Outcome& outcome)
    {
        std::istringstream lines (outcome.out);
        for (std::string line; std::getline (lines, line);)
        {
            std::istringstream words (line);
            std::string all, word;
            while (words >> word)
                all += (all.empty() ? "" : " ") + word;
            if (all.starts_with (key + ' '))
                return all;
        }
        return {};
    }
};
} // namespace

TEST_CASE ("Settings are the defaults of options, and the command line wins", "[engine][command][settings]")
{
    SettingsFixture f;
    const std::string text = R"(device = "cpu"
dtype = "bf16"
[offload]
gpu_layers = 8
pin_memory = false
[serve]
passages = 4
idle_exit = 600
openai_voices = false
voice_aliases = { alloy = "anna" }
[cache]
voices = 32
[log]
level = "debug"
texts = true
)";
    const auto file = f.shown (text);
    CAPTURE (file.err);
    REQUIRE (file.code == 0);
    CHECK_THAT (file.out, Contains (f.path ("s.toml")));
    const auto [key, line] = GENERATE (table<std::string, std::string> ({
        { "device", "device cpu line 1" },
        { "dtype", "dtype bf16 line 2" },
        { "threads", "threads 0 default" },
        { "offload.gpu_layers", "offload.gpu_layers 8 line 4" },
        { "offload.pin_memory", "offload.pin_memory false line 5" },
        { "offload.prefetch", "offload.prefetch 1 default" },
        { "serve.passages", "serve.passages 4 line 7" },
        { "serve.idle_exit", "serve.idle_exit 600 line 8" },
        { "serve.openai_voices", "serve.openai_voices false line 9" },
        { "serve.voice_aliases", "serve.voice_aliases alloy=anna line 10" },
        { "cache.voices", "cache.voices 32 line 12" },
        { "cache.recordings", "cache.recordings 256MiB default" },
        { "log.level", "log.level debug line 14" },
        { "log.texts", "log.texts true line 15" },
    }));
    CHECK (SettingsFixture::lineOf (key, file) == line);

    const auto given =
        f.shown (text, { "--device", "auto", "--no-offload", "--no-pin=false", "--passages", "2" });
    CAPTURE (given.err);
    REQUIRE (given.code == 0);
    CHECK (SettingsFixture::lineOf ("device", given) == "device auto command line");
    CHECK (SettingsFixture::lineOf ("serve.passages", given) == "serve.passages 2 command line");
    CHECK (SettingsFixture::lineOf ("offload.no_offload", given) == "offload.no_offload true command line");
    CHECK (SettingsFixture::lineOf ("offload.pin_memory", given) == "offload.pin_memory true command line");
    CHECK (f.shown ("[offload]\ngpu_layers = 8\nauto = false\nno_offload = false\n").code == 0);
    const auto byThePlugin = f.shown ("[serve]\nidle_exit = 5\n", { "--idle-exit", "600" });
    CHECK (SettingsFixture::lineOf ("serve.idle_exit", byThePlugin) == "serve.idle_exit 600 command line");
    // What the command line excludes is not asked for.
    CHECK (SettingsFixture::lineOf ("offload.gpu_layers", given) == "offload.gpu_layers - not used: line 4");
}

TEST_CASE ("A value out of its range is an error with its line and key, and exit code 2",
           "[engine][command][settings][errors]")
{
    SettingsFixture f;
    const auto [text, message] = GENERATE (table<std::string, std::string> ({
        { "device = \"tpu\"", "s.toml:1: device: tpu not in {" },
        { "[offload]\ngpu_layers = -1", "s.toml:2: offload.gpu_layers: " },
        { "[offload]\nvram = \"10\"", "s.toml:2: offload.vram: \"10\" is not a memory size with its unit" },
        { "[offload]\npreset = \"huge\"",
          "offload.preset: \"huge\" is not a preset; the presets are high_end" },
        { "[serve]\npassages = 17",
          "s.toml:2: serve.passages: \"17\" is not a number from 1 to 16, or auto" },
        { "[serve]\nidle_exit = nan", "s.toml:2: serve.idle_exit: \"nan\" is not a number of 0 to" },
        { "[serve]\nidle_exit = -1", "serve.idle_exit: \"-1\" is not a number of 0 to" },
        { "[cache]\nrecordings = \"1kB\"", "cache.recordings: \"1kB\" is not a size" },
        { "[cache]\nvoices = 0", "cache.voices: " },
        { "[takes]\nsize = \"1MB\"", "s.toml:2: takes.size: \"1MB\" is not a size of 100MB or more" },
        { "[takes]\neviction = \"never\"", "takes.eviction: \"never\" is not on or off" },
        { "[log]\nfiles = 101", "log.files: " },
        { "[log]\nlevel = \"loud\"", "log.level: loud not in {" },
        { "[serve]\nvoice_folders = [\"/not/there\"]",
          "serve.voice_folders: Directory does not exist: /not/there" },
        { "[offload]\ngpu_layers = 8\npreset = \"budget\"",
          "s.toml:3: offload.preset: contradicts offload.gpu_layers in line 2. Leave one of them out." },
        { "[serve]\ntoken_file = \"/token\"", "s.toml:2: serve.token_file: has no effect without --listen" },
        { "[[models]]\npath = \"/m\"\ndtype = \"fp64\"", "s.toml:1: models.dtype: fp64 not in {" },
        { "[[models]]\npath = \"/m\"\nweights = \"int4\"", "models.weights: " },
        { "[[models]]\npath = \"/m\"\ndevice = \"tpu\"", "models.device: \"tpu\" is not cpu, cuda, auto" },
        { "[offload]\ngpu_layer = 8",
          "s.toml:2: offload.gpu_layer is not a setting. Did you mean gpu_layers?" },
    }));
    CAPTURE (text);
    const auto outcome = f.shown (text);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (message));
}

TEST_CASE ("An option may need what the settings have", "[engine][command][settings]")
{
    SettingsFixture f;
    const auto outcome =
        f.shown ("[serve]\nlisten = [\"127.0.0.1:0\", \"[::1]:0\"]\n", { "--token-file", "/token" });
    CAPTURE (outcome.err);
    CHECK (outcome.code == 0);
    CHECK (SettingsFixture::lineOf ("serve.listen", outcome) == "serve.listen 127.0.0.1:0, [::1]:0 line 2");
    CHECK (SettingsFixture::lineOf ("serve.token_file", outcome) == "serve.token_file /token command line");
    CHECK (f.shown ("", { "--token-file", "/token" }).code == 2);
}

TEST_CASE ("Every setting but the plugin's is an option of serve", "[engine][command][settings]")
{
    std::ostringstream out, err;
    CommandFixture f;
    auto session = f.session (out, err);
    CLI::App app;
    addServe (app, session);
    const auto* serve = app.get_subcommand ("serve");
    for (const auto& key : settingKeys())
    {
        const std::string name (key.name);
        CAPTURE (name);
        const auto option = settingOption (name);
        const bool isOthers = name == "engine.path" || name.starts_with ("takes.");
        CHECK ((serve->get_option_no_throw (option) != nullptr) != isOthers);
    }
}

TEST_CASE ("The models of the settings are served, unless others are named", "[engine][command][settings]")
{
    SettingsFixture f;
    const Environment without ({ "TABLEREAD_MODEL" });
    const std::string text = "[[models]]\nname = \"small\"\npath = \"" + f.model().string() +
                             "\"\ndevice = \"cuda:1\"\ndtype = \"bf16\"\nweights = \"int8\"\n";
    const auto file = f.shown (text);
    REQUIRE (file.code == 0);
    CHECK (SettingsFixture::lineOf ("models.path", file) == "models.path " + f.model().string() + " line 1");
    CHECK (SettingsFixture::lineOf (".weights", file) == ".weights int8");
    CHECK (SettingsFixture::lineOf (".device", file) == ".device cuda:1");
    const auto device = f.shown (text, { "--device", "cpu" });
    CHECK (SettingsFixture::lineOf (".device", device).empty());
    const auto weights = f.shown (text, { "--weights", "bf16" });
    CHECK (SettingsFixture::lineOf (".weights", weights).empty());
    CHECK (SettingsFixture::lineOf (".dtype", weights) == ".dtype bf16");
    CHECK (SettingsFixture::lineOf (".dtype", f.shown (text, { "--dtype", "fp32" })).empty());
    const auto given = f.shown (text, { "--model", f.model().string() });
    CHECK (SettingsFixture::lineOf ("models.path", given).empty());
    ::setenv ("TABLEREAD_MODEL", "/other", 1);
    CHECK (SettingsFixture::lineOf ("models", f.shown (text)) == "models /other TABLEREAD_MODEL");
    ::unsetenv ("TABLEREAD_MODEL");
}

TEST_CASE ("A model's own settings are those it is loaded with", "[engine][command][settings]")
{
    CommandFixture f;
    std::ostringstream out, err;
    const auto models =
        modelsToServe (std::vector<ModelRequest> { { "a", f.model(), "cpu", "bf16", "" },
                                                   { "b", f.model(), "cpu", "", "fp8" },
                                                   { "c", f.model(), "", "", "" } },
                       {}, OffloadOptions { OffloadOptions::Passages::Auto }, f.session (out, err));
    REQUIRE (models.size() == 3);
    CHECK (models[0].load.compute == ComputeType::BFloat16);
    CHECK (models[0].load.offload.settings.weights == WeightsFormat::AsComputed);
    CHECK (models[1].load.compute == ComputeType::BFloat16);
    CHECK (models[1].load.offload.settings.weights == WeightsFormat::Float8);
    CHECK (models[2].load.compute == ComputeType::Float32);
}

TEST_CASE ("Render takes the first model and the offloading of the settings", "[engine][command][settings]")
{
    SettingsFixture f;
    const Environment without ({ "TABLEREAD_MODEL" });
    const auto script = f.write ("s.txt", "Anna: Hello.\n");
    const auto settings = f.write ("s.toml", "dtype = \"fp32\"\n[[models]]\npath = \"" + f.model().string() +
                                                 "\"\ndtype = \"bf16\"\ndevice = \"cuda:1\"\n"
                                                 "[offload]\ngpu_layers = 3\n[serve]\npassages = 7\n");
    std::filesystem::permissions (settings, std::filesystem::perms (0600));
    const auto render = [&] (std::vector<std::string> more = {}) {
        std::vector<std::string> arguments {
            "render", script, "-o", f.path ("s.wav"), "--settings", settings
        };
        arguments.insert (arguments.end(), more.begin(), more.end());
        const auto outcome = f.run (arguments);
        CAPTURE (outcome.err);
        CHECK (outcome.code == 0);
    };
    render();
    CHECK (f.loaded.compute == ComputeType::BFloat16); // the model's own
    CHECK (f.loaded.device == DeviceKind::Cuda);
    CHECK (f.loaded.offload.gpuLayers == 3);
    CHECK (f.loaded.offload.settings.passages == 0); // serve's are its own
    render ({ "--dtype", "fp32", "--device", "cpu", "--preset", "budget" });
    CHECK (f.loaded.compute == ComputeType::Float32);
    CHECK (f.loaded.device == DeviceKind::Cpu);
    CHECK (f.loaded.offload.mode == OffloadRequest::Mode::Preset);
}

TEST_CASE ("Another model than that of the settings has nothing of it", "[engine][command][settings]")
{
    SettingsFixture f;
    const Environment without ({ "TABLEREAD_MODEL" });
    const auto script = f.write ("s.txt", "Anna: Hello.\n");
    const auto settings = f.write ("s.toml", "[[models]]\npath = \"/not/there\"\ndtype = \"bf16\"\n");
    std::filesystem::permissions (settings, std::filesystem::perms (0600));
    std::vector<std::string> arguments { "render", script, "-o", f.path ("s.wav"), "--settings", settings };
    if (GENERATE (true, false))
        arguments.insert (arguments.end(), { "--model", f.model().string() });
    else
        ::setenv ("TABLEREAD_MODEL", f.model().c_str(), 1);
    const auto outcome = f.run (arguments);
    CAPTURE (outcome.err);
    CHECK (outcome.code == 0);
    CHECK (f.loaded.model == f.model());
    CHECK (f.loaded.compute == ComputeType::Float32);
}

TEST_CASE ("The settings file is found by its variable, and a missing one that is named is an error",
           "[engine][command][settings][errors]")
{
    SettingsFixture f;
    const Environment without ({ "TABLEREAD_SETTINGS", "XDG_CONFIG_HOME" });
    ::setenv ("TABLEREAD_SETTINGS", f.path ("none.toml").c_str(), 1);
    CHECK (f.run ({ "settings" }).code == 2);
    CHECK_THAT (f.run ({ "settings" }).err,
                Contains ("none.toml: there is no such settings file, which TABLEREAD_SETTINGS names"));
    CHECK (f.run ({ "serve", "--help" }).code == 0); // help is to be had in any case
    CHECK (f.run ({ "settings", "--settings", f.path ("other.toml") }).code == 2);
    CHECK (f.run ({ "settings", "--settings", "/dev/null" }).code == 0);
    ::unsetenv ("TABLEREAD_SETTINGS");
    ::setenv ("XDG_CONFIG_HOME", f.path ("config").c_str(), 1);
    const auto nothing = f.run ({ "settings" });
    CHECK (nothing.code == 0);
    CHECK_THAT (nothing.out, Contains ("There is no settings file"));
    std::filesystem::create_directories (f.path ("config/tableread"));
    f.write ("config/tableread/settings.toml", "threads = 3\n");
    std::filesystem::permissions (f.path ("config/tableread/settings.toml"), std::filesystem::perms (0600));
    CHECK (SettingsFixture::lineOf ("threads", f.run ({ "settings" })) == "threads 3 line 1");
    CHECK (f.run ({ "inspect", f.model().string() }).code == 0); // which has no such option
    ::unsetenv ("XDG_CONFIG_HOME");
}
