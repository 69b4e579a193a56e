// SPDX-License-Identifier: GPL-3.0-or-later
#include "HostedPlugin.h"

#include <stdexcept>

#include <dlfcn.h>

namespace tableread::test
{
namespace
{
constexpr const char* lv2Uri = "https://tableread.invalid/plugins/tableread";

/** The text between the double quotes that follow `key`; LV2 states are Turtle. */
juce::String quotedAfter (const juce::String& text, const juce::String& key)
{
    return text.fromFirstOccurrenceOf (key, false, false)
        .fromFirstOccurrenceOf ("\"", false, false)
        .upToFirstOccurrenceOf ("\"", false, false);
}
} // namespace

#ifdef __SANITIZE_THREAD__
static void keepLoaded (const std::filesystem::path& bundle)
{
    for (const auto* library : { "libTableRead.so", "Contents/x86_64-linux/TableRead.so" })
        if (std::filesystem::exists (bundle / library))
            ::dlopen ((bundle / library).c_str(), RTLD_LAZY | RTLD_NODELETE);
}
#endif

HostedPlugin::HostedPlugin (const std::string& format, const std::filesystem::path& bundle, double rate,
                            int block)
    : kind (format)
    , blockSize (block)
{
#ifdef __SANITIZE_THREAD__
    keepLoaded (bundle);
#endif
    if (kind == "VST3")
        formats.addFormat (new juce::VST3PluginFormat());
    else
    {
        formats.addFormat (new juce::LV2PluginFormat());
        formats.getFormat (0)->searchPathsForPlugins (juce::FileSearchPath (bundle.parent_path().c_str()),
                                                      true, false);
    }
    juce::OwnedArray<juce::PluginDescription> found;
    formats.getFormat (0)->findAllTypesForFile (found, kind == "VST3" ? juce::String (bundle.c_str())
                                                                      : juce::String (lv2Uri));
    if (found.size() != 1)
        throw std::runtime_error (bundle.string() + " holds " + std::to_string (found.size()) +
                                  " plugins, not 1");
    juce::String problem;
    instance = formats.createPluginInstance (*found[0], rate, block, problem);
    if (instance == nullptr)
        throw std::runtime_error (bundle.string() + ": " + problem.toStdString());
    instance->setPlayHead (&head);
    instance->setNonRealtime (true);
    prepare (rate, block);
}

HostedPlugin::~HostedPlugin() = default;

void HostedPlugin::prepare (double rate, int block)
{
    head.rate = rate;
    instance->prepareToPlay (rate, block);
}

void HostedPlugin::load (const std::string& state)
{
    const juce::MemoryBlock inner (state.data(), state.size());
    juce::MemoryBlock outer;
    if (kind == "VST3")
    {
        juce::XmlElement xml ("VST3PluginState");
        xml.createNewChildElement ("IComponent")->addTextElement (inner.toBase64Encoding());
        juce::AudioProcessor::copyXmlToBinary (xml, outer);
    }
    else
    {
        juce::MemoryBlock current;
        instance->getStateInformation (current);
        const auto turtle = current.toString();
        const auto old = quotedAfter (turtle, "StateString");
        const auto fresh = turtle.replace (old, inner.toBase64Encoding()).toStdString();
        outer.append (fresh.data(), fresh.size());
    }
    instance->setStateInformation (outer.getData(), (int) outer.getSize());
}

std::string HostedPlugin::save()
{
    juce::MemoryBlock state, inner;
    instance->getStateInformation (state);
    if (! inner.fromBase64Encoding (stateInside (state)))
        throw std::runtime_error ("the host's state holds no state of the plugin");
    // JUCE's VST3 wrapper appends its own data after a zero byte.
    return std::string (static_cast<const char*> (inner.getData()), inner.getSize()).c_str();
}

juce::String HostedPlugin::stateInside (const juce::MemoryBlock& hostState) const
{
    if (kind == "LV2")
        return quotedAfter (hostState.toString(), "StateString");
    const auto xml = juce::AudioProcessor::getXmlFromBinary (hostState.getData(), (int) hostState.getSize());
    return xml == nullptr ? juce::String() : xml->getChildElementAllSubText ("IComponent", {});
}

std::vector<float> HostedPlugin::bounce (std::int64_t from, std::int64_t to, int block)
{
    return play (*instance, head, from, to, block);
}

void HostedPlugin::stop()
{
    head.isPlaying = false;
    (void) play (*instance, head, 0, blockSize, blockSize);
    head.isPlaying = true;
}
} // namespace tableread::test
