// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/AppSettings.h"

#include "Core/Disk/DataFolder.h"

namespace tableread::plugin
{
namespace
{
std::unique_ptr<juce::PropertiesFile> openFile (const juce::File& file)
{
    juce::PropertiesFile::Options options;
    options.applicationName = "TableRead";
    options.filenameSuffix = ".settings";
    options.osxLibrarySubFolder = "Application Support";
    options.millisecondsBeforeSaving = 1000;
    return std::make_unique<juce::PropertiesFile> (file, options);
}
} // namespace

AppSettings AppSettings::open()
{
    const auto place = configFolder ("app.settings");
    const juce::File file (juce::String::fromUTF8 (place.c_str()));
    const bool isFirstStart = ! file.existsAsFile();
    AppSettings settings { openFile (file), {} };
    const auto former = juce::File::getSpecialLocation (juce::File::userHomeDirectory)
                            .getChildFile (".config/TableRead.settings");
    if (! isFirstStart || ! former.existsAsFile())
        return settings;
    const auto old = openFile (former);
    if (const auto audio = old->getXmlValue ("audioSetup"))
        settings.file->setValue ("audioSetup", audio.get());
    if (juce::MemoryBlock state; state.fromBase64Encoding (old->getValue ("filterState")))
        settings.formerSession = state.toString().toStdString();
    return settings;
}
} // namespace tableread::plugin
