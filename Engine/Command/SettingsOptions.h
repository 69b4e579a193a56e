// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "Settings/Settings.h"

namespace CLI
{
class App;
class Option;
} // namespace CLI

namespace tableread::engine
{
/** --settings, and the settings file (Assets/docs/settings.md): its values become those of a subcommand's options that were not
    given on the command line, by the options' own checks. A mistake ends the command with its line and key. With --embedded
    the file is not read. */
class SettingsOptions
{
public:
    /** What becomes of [[models]]. */
    enum class Models
    {
        First, // the first one is the default of --model
        All    // models() has them
    };

    explicit SettingsOptions (Models wanted) : use (wanted) {}

    /** The object must outlive the parsing. @throws Exception then. */
    void addTo (CLI::App& command);

    const Settings& settings() const { return loaded; }

    /** With what the command line has not overruled; empty if TABLEREAD_MODEL names another one. */
    const std::vector<ModelSetting>& models() const { return modelsLeft; }

    /** Every key, its value and where that comes from, in lines for people. */
    std::string describe() const;

private:
    std::string originOf (const std::string& key) const;
    std::string valueOf (const std::string& key) const;
    std::string describeModels() const;
    void read (const std::string& file);
    void apply (const Setting& setting);
    void applyFirstModel();
    void keepModels();
    void set (CLI::Option& option, const Setting& setting);
    bool isOverruled (const CLI::Option& option, const Setting& setting) const;
    void checkNeeds() const;
    [[noreturn]] void wrong (const Setting& setting, const std::string& why) const;

    Models use;
    CLI::App* command = nullptr;
    Settings loaded;
    std::vector<ModelSetting> modelsLeft;
    std::map<const CLI::Option*, Setting> applied; // what the file has set
};

/** The option that a key gives a value to: --gpu-layers for offload.gpu_layers. */
std::string settingOption (std::string_view key);
} // namespace tableread::engine
