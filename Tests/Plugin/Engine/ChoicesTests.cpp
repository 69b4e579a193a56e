// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "Editor/Engine/Choices.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;
using Catch::Contains;
using Layers = EngineChoices::Layers;

namespace
{
const SettingsPlace place { "/etc/s.toml", {}, "/home/ada" };

EngineChoices in (const std::string& text)
{
    return choicesOf (parseSettings (text, place).value());
}

/** The file after the choices were made in it. */
std::string madeIn (const std::string& text, const EngineChoices& choices)
{
    const auto settings = parseSettings (text, place).value();
    const auto changes = changesFor (choicesOf (settings), choices, settings);
    return changedSettings (text, changes, place).value();
}
} // namespace

TEST_CASE ("The engine's choices are read from the settings file", "[plugin][engine]")
{
    CHECK (in ("") == EngineChoices {});
    const auto all =
        in ("device = \"cpu\"\n[[models]]\npath = \"~/m\"\ndevice = \"cuda:1\"\nweights = \"int8\"\n"
            "[[models]]\npath = \"/other\"\n[offload]\npreset = \"light\"\nweights = \"fp8\"\n"
            "cache_trim_interval = 0\n");
    CHECK (all.model == "/home/ada/m");
    CHECK (all.device == "cuda:1");
    CHECK (all.weights == "int8");
    CHECK (all.layers == Layers::Preset);
    CHECK (all.preset == "light");
    CHECK (all.cacheTrimInterval == 0);
    CHECK (in ("[offload]\ngpu_layers = 12\n").count == 12);
    CHECK (in ("[offload]\ngpu_layers = 12\n").layers == Layers::Count);
    CHECK (in ("[offload]\nno_offload = true\n").layers == Layers::All);
    CHECK (in ("[offload]\nauto = true\nweights = \"bf16\"\n") == EngineChoices {});
    CHECK (in ("device = \"cpu\"\n[offload]\nweights = \"fp8\"\n").weights == "fp8");
}

TEST_CASE ("Choices that are made and read again are the same, and nothing else changes", "[plugin][engine]")
{
    const std::string file =
        "# mine\ndevice = \"cpu\" # here\n\n[[models]]\npath = \"/m\"\nweights = \"fp8\"\n\n"
        "[offload]\npreset = \"budget\"\nprefetch = 2\n\n[log]\nlevel = \"debug\"\n";
    const std::string before = GENERATE_COPY (std::string(), file, std::string ("[offload]\nauto = true\n"));
    for (const auto layers : { Layers::Automatic, Layers::All, Layers::Preset, Layers::Count })
        for (const auto* device : { "auto", "cpu", "cuda", "cuda:1" })
            for (const auto* weights : { "", "int8" })
            {
                const EngineChoices choices { "/models/big", device, layers, "minimal", 5, weights, 7 };
                const auto made = madeIn (before, choices);
                CAPTURE (made);
                auto again = in (made);
                if (layers != Layers::Preset)
                    again.preset = choices.preset;
                if (layers != Layers::Count)
                    again.count = choices.count;
                CHECK (again == choices);
                CHECK ((layers == Layers::Automatic || made.find ("auto = true") == std::string::npos));
                CHECK (madeIn (made, in (made)) == made);
                if (before == file)
                    CHECK_THAT (made, Contains ("# mine\n") && Contains ("prefetch = 2\n") &&
                                          Contains ("[log]\nlevel = \"debug\"\n"));
            }
    CHECK (madeIn (file, in (file)) == file);
}

TEST_CASE ("The embedded model is chosen again, and what was set for another one holds for it",
           "[plugin][engine]")
{
    const auto withoutModel = [] (const std::string& text) {
        auto choices = in (text);
        choices.model.clear();
        return madeIn (text, choices);
    };
    CHECK (withoutModel ("[[models]]\npath = \"/m\"\n").empty());
    const auto made = withoutModel ("threads = 2\n\n[[models]]\npath = \"/m\"\ndevice = \"cpu\"\nweights = "
                                    "\"int8\"\n[offload]\nweights = \"fp8\"\n");
    CHECK (made == "threads = 2\ndevice = \"cpu\"\n\n[offload]\nweights = \"int8\"\n");
    CHECK (in (made) == EngineChoices { .device = "cpu", .weights = "int8" });
}

TEST_CASE ("A model is looked for before it is chosen", "[plugin][engine]")
{
    const test::TemporaryFolder folder;
    const SettingsPlace home { "/etc/s.toml", {}, folder.path() };
    const auto problem = [&] (const std::string& model, const std::string& settings = {}) {
        return problemOf ({ .model = model }, parseSettings (settings, home).value(), home);
    };
    for (const auto* name : { "model", "empty", "models--ada--big/snapshots" })
        std::filesystem::create_directories (folder.path() / name);
    std::ofstream (folder.path() / "model" / "config.json") << "{}";
    const std::vector<std::string> good { "", "microsoft/VibeVoice-1.5B", "~/model", "~/models--ada--big",
                                          (folder.path() / "model").string() };
    for (const auto& model : good)
    {
        CAPTURE (model);
        CHECK (problem (model).empty());
    }
    CHECK (problem ("~/gone") == "~/gone does not exist. Choose the model's folder.");
    CHECK_THAT (problem ("~/model/config.json"), Contains ("is a file. Choose the folder that holds"));
    CHECK_THAT (problem ("~/empty"), Contains ("there is no config.json in it"));
    CHECK_THAT (problem ("m"), Contains ("whole path"));
    const std::string two = "[[models]]\npath = \"/m\"\n[[models]]\npath = \"/n\"\n";
    CHECK_THAT (problem ("", two), Contains ("names several models"));
    CHECK (problem ("~/model", two).empty());
}

TEST_CASE ("A loading is asked for with the choices", "[plugin][engine]")
{
    EngineChoices choices;
    CHECK (loadSettingsFor (choices) ==
           protocol::LoadSettings { .automatic = true, .cacheTrimInterval = 50 });
    choices.layers = Layers::All;
    choices.weights = "int8";
    CHECK (loadSettingsFor (choices) ==
           protocol::LoadSettings { .noOffload = true, .weights = "int8", .cacheTrimInterval = 50 });
    choices.layers = Layers::Preset;
    CHECK (loadSettingsFor (choices).preset == "budget");
    choices.layers = Layers::Count;
    choices.count = 0;
    CHECK (loadSettingsFor (choices).gpuLayers == 0);

    auto after = choices;
    CHECK_FALSE (needsRestart (choices, after));
    after.count = 3;
    after.cacheTrimInterval = 1;
    after.weights = "fp8";
    CHECK_FALSE (needsRestart (choices, after));
    after.weights.clear(); // what a request leaves out is as at the start
    CHECK (needsRestart (choices, after));
    after = choices;
    after.model = "/m";
    CHECK (needsRestart (choices, after));
    after = choices;
    after.device = "cpu";
    CHECK (needsRestart (choices, after));
}

TEST_CASE ("Choices that cannot be used are refused in a sentence", "[plugin][engine]")
{
    const auto problem = [] (const std::string& model, const char* device = "auto") {
        return problemOf ({ .model = model, .device = device });
    };
    for (const auto* good : { "", "/m", "~/m", "microsoft/VibeVoice-1.5B" })
        CHECK (problem (good).empty());
    for (const auto* bad : { "m", "./m", "a/b/c", "../m", "a/", "~ada/m/n" })
    {
        CAPTURE (bad);
        CHECK_THAT (problem (bad), Contains ("whole path"));
    }
    CHECK (problem ("/m", "cuda:1").empty());
    CHECK_THAT (problem ("", "cuda:1"), Contains ("Choose the model's folder too"));
    CHECK_THAT (problemOf ({ .layers = Layers::Count, .count = -1 }), Contains ("number of layers"));
    CHECK (problemOf ({ .layers = Layers::All, .count = -1 }).empty());
    CHECK_THAT (problemOf ({ .cacheTrimInterval = -1 }), Contains ("cache trim interval"));
}
