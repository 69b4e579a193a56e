// SPDX-License-Identifier: Apache-2.0
#include "Command/SettingsOptions.h"

#include <array>
#include <cstdlib>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Command/Serve/Models.h"
#include "Core/Environment.h"
#include "Settings/Keys.h"
#include "Take/Store/Options.h"

namespace tableread::engine
{
namespace
{
/** An option whose name is not the key's, or whose flag says the contrary. */
struct Binding
{
    std::string_view key, option;
    bool isContrary = false;
};

constexpr std::array bindings {
    Binding { "offload.pin_memory", "--no-pin", true },
    Binding { "serve.allow_hosts", "--allow-host" },
    Binding { "serve.allow_origins", "--allow-origin" },
    Binding { "serve.voice_folders", "--voice-folder" },
    Binding { "serve.voice_aliases", "--voice-alias" },
    Binding { "serve.openai_voices", "--no-openai-voices", true },
    Binding { "cache.voices", "--cached-voices" },
    Binding { "cache.recordings", "--recordings-memory" },
    Binding { "log.level", "--log-level" },
    Binding { "log.file", "--log-file" },
    Binding { "log.size", "--log-size" },
    Binding { "log.files", "--log-files" },
    Binding { "log.texts", "--log-texts" },
};

const Binding* bindingOf (std::string_view key)
{
    for (const auto& binding : bindings)
        if (binding.key == key)
            return &binding;
    return nullptr;
}

bool isContrary (std::string_view key)
{
    const auto* binding = bindingOf (key);
    return binding != nullptr && binding->isContrary;
}

bool isFlag (const CLI::Option& option)
{
    return option.get_expected_min() == 0;
}

/** What an option's check says, without the option's name. */
std::string reasonOf (const CLI::Error& error, const CLI::Option& option)
{
    std::string why = error.what();
    const auto prefix = option.get_name() + ": ";
    if (why.starts_with (prefix))
        why.erase (0, prefix.size());
    return why;
}

/** What an environment variable says in place of a key; empty if it says nothing. */
std::string variableOf (std::string_view key)
{
    return key == "engine.path" ? "TABLEREAD_ENGINE" : key == "takes.folder" ? takesVariable : "";
}

bool isModelOfEnvironment()
{
    const char* variable = std::getenv ("TABLEREAD_MODEL");
    return variable != nullptr && *variable != '\0';
}
} // namespace

std::string settingOption (std::string_view key)
{
    if (const auto* binding = bindingOf (key))
        return std::string (binding->option);
    std::string name (key.substr (key.find ('.') + 1));
    for (auto& letter : name)
        if (letter == '_')
            letter = '-';
    return "--" + name;
}

void SettingsOptions::addTo (CLI::App& to)
{
    command = &to;
    // Always called, after all options have been read and before it is looked at what they need and exclude.
    to.add_option_function<std::string> (
          "--settings", [this] (const std::string& file) { read (file); },
          "Settings file; what is given here wins [TABLEREAD_SETTINGS, else tableread/settings.toml in "
          "XDG_CONFIG_HOME or ~/.config]")
        ->force_callback()
        ->type_name ("FILE");
}

void SettingsOptions::read (const std::string& file)
{
    if (! command->parsed() || command->get_help_ptr()->count() > 0)
        return; // another subcommand was chosen
    if (const auto* safe = command->get_option_no_throw ("--embedded"); safe != nullptr && safe->count() > 0)
        return; // a mistake in the file may be why nothing else starts
    loaded = orThrow (readSettings (SettingsPlace::current (file)));
    if (use == Models::First)
        applyFirstModel();
    else
        keepModels();
    if (use == Models::All)
        (void) orThrow (takeStoreOptions (loaded, {})); // which are no options
    for (const auto& setting : loaded.values)
        if (use == Models::All || ! setting.key.starts_with ("serve."))
            apply (setting);
    checkNeeds();
}

void SettingsOptions::apply (const Setting& setting)
{
    if (auto* option = command->get_option_no_throw (settingOption (setting.key)))
        set (*option, setting);
}

void SettingsOptions::applyFirstModel()
{
    if (loaded.models.empty() || command->get_option ("--model")->count() > 0 || isModelOfEnvironment())
        return;
    const auto& model = loaded.models.front();
    const auto device = model.device.substr (0, model.device.find (':')); // a render has no index
    for (const auto& [key, value] :
         { std::pair { "model", model.path }, std::pair { "device", device },
           std::pair { "dtype", model.dtype }, std::pair { "offload.weights", model.weights } })
        if (! value.empty())
            apply ({ key, model.line, { value } });
}

void SettingsOptions::keepModels()
{
    if (command->get_option ("--model")->count() > 0 || isModelOfEnvironment())
        return;
    modelsLeft = loaded.models;
    for (auto& model : modelsLeft)
    {
        const auto check = [&] (const char* key, const char* option, std::string& value) {
            auto* found = command->get_option (option);
            if (found->count() > 0)
                value.clear(); // the command line's is for all
            auto checked = value;
            const auto why = value.empty() ? std::string() : (*found->get_validator()) (checked);
            if (! why.empty())
                wrong ({ key, model.line, {} }, why);
        };
        check ("models.dtype", "--dtype", model.dtype);
        check ("models.weights", "--weights", model.weights);
        if (command->get_option ("--device")->count() > 0)
            model.device.clear();
        if (! model.device.empty() && ! isDevice (model.device))
            wrong ({ "models.device", model.line, {} },
                   "\"" + printable (model.device) + "\" is not cpu, cuda, auto, or a GPU such as cuda:1");
    }
}

/** The command line has the option, or one that excludes it. */
bool SettingsOptions::isOverruled (const CLI::Option& option, const Setting& setting) const
{
    if (option.count() > 0)
        return true; // or the first model has
    for (const auto* other : option.get_excludes())
        if (other->count() > 0)
        {
            if (const auto before = applied.find (other); before != applied.end())
                wrong (setting, fmt::format ("contradicts {} in line {}. Leave one of them out",
                                             before->second.key, before->second.line));
            return true;
        }
    return false;
}

void SettingsOptions::set (CLI::Option& option, const Setting& setting)
{
    auto values = setting.values;
    if (values.empty())
        return;
    if (isFlag (option))
    {
        if ((values.front() == "true") == isContrary (setting.key))
            return; // as without it
        values.front() = "true";
    }
    if (isOverruled (option, setting))
        return;
    try
    {
        option.add_result (values);
        option.run_callback();
    }
    catch (const CLI::Error& error)
    {
        wrong (setting, reasonOf (error, option));
    }
    applied.emplace (&option, setting);
}

/** What the options of the file need, on the command line or in the file. */
void SettingsOptions::checkNeeds() const
{
    for (const auto& [option, setting] : applied)
        for (const auto* needed : option->get_needs())
            if (needed->count() == 0)
                wrong (setting, "has no effect without " + needed->get_name());
}

void SettingsOptions::wrong (const Setting& setting, const std::string& why) const
{
    fail (ErrorCode::InvalidInput, setting.key + ": " + why + '.', loaded.at (setting.line));
}

/** "line 3", "command line", "default", or the variable that wins. */
std::string SettingsOptions::originOf (const std::string& key) const
{
    const auto* option = command->get_option_no_throw (settingOption (key));
    const auto* setting = loaded.find (key);
    if (option != nullptr && option->count() > 0 && ! applied.contains (option))
        return "command line";
    if (auto variable = variableOf (key); ! environmentVariable (variable.c_str()).empty())
        return variable;
    if (setting == nullptr)
        return "default";
    const bool isUsed = option == nullptr || isFlag (*option) || applied.contains (option);
    return fmt::format ("{}line {}", isUsed ? "" : "not used: ", setting->line);
}

std::string SettingsOptions::valueOf (const std::string& key) const
{
    const auto* option = command->get_option_no_throw (settingOption (key));
    if (auto value = environmentVariable (variableOf (key).c_str()); ! value.empty())
        return value;
    if (option == nullptr) // the plugin's
    {
        const auto* setting = loaded.find (key);
        return setting == nullptr ? std::string() : fmt::format ("{}", fmt::join (setting->values, ", "));
    }
    if (isFlag (*option))
        return (option->count() > 0 && option->as<bool>()) == isContrary (key) ? "false" : "true";
    return option->count() > 0 ? fmt::format ("{}", fmt::join (option->results(), ", "))
                               : option->get_default_str();
}

std::string SettingsOptions::describeModels() const
{
    if (isModelOfEnvironment())
        return fmt::format ("{:<30}{:<38} TABLEREAD_MODEL\n", "models", std::getenv ("TABLEREAD_MODEL"));
    std::string text;
    for (const auto& model : modelsLeft)
    {
        text += fmt::format ("{:<30}{:<38} line {}\n", "models.path", model.path, model.line);
        for (const auto& [key, value] :
             { std::pair { "name", model.name }, std::pair { "device", model.device },
               std::pair { "dtype", model.dtype }, std::pair { "weights", model.weights } })
            if (! value.empty())
                text += fmt::format ("  .{:<27}{}\n", key, value);
    }
    return text;
}

std::string SettingsOptions::describe() const
{
    auto text =
        loaded.file.empty() ? std::string ("There is no settings file.\n") : loaded.file.string() + '\n';
    text += describeModels();
    for (const auto& key : settingKeys())
    {
        const std::string name (key.name);
        const auto value = valueOf (name);
        text += fmt::format ("{:<30}{:<38} {}\n", name, value.empty() ? "-" : value, originOf (name));
    }
    return text;
}
} // namespace tableread::engine
