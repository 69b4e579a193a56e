// SPDX-License-Identifier: GPL-3.0-or-later
// The built VST3 by its bare interface, since JUCE 7's host keeps what a block tells it to itself.
#include <array>
#include <optional>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <pluginterfaces/vst/ivstaudioprocessor.h>
#include <pluginterfaces/vst/ivstcomponent.h>
#include <pluginterfaces/vst/ivstparameterchanges.h>

#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::test;
using namespace Steinberg;

namespace
{
/** What a block tells its host: one parameter's value, as the plugin has one that it changes itself. It lives on the stack. */
class ToldChanges : public Vst::IParameterChanges, public Vst::IParamValueQueue
{
public:
    tresult PLUGIN_API queryInterface (const TUID, void**) override { return kNoInterface; }
    uint32 PLUGIN_API addRef() override { return 1; }
    uint32 PLUGIN_API release() override { return 1; }

    int32 PLUGIN_API getParameterCount() override { return value ? 1 : 0; }
    Vst::IParamValueQueue* PLUGIN_API getParameterData (int32) override { return this; }
    Vst::IParamValueQueue* PLUGIN_API addParameterData (const Vst::ParamID& which, int32& index) override
    {
        index = 0;
        id = which;
        return this;
    }

    Vst::ParamID PLUGIN_API getParameterId() override { return id; }
    int32 PLUGIN_API getPointCount() override { return getParameterCount(); }
    tresult PLUGIN_API getPoint (int32, int32&, Vst::ParamValue&) override { return kResultFalse; }
    tresult PLUGIN_API addPoint (int32, Vst::ParamValue now, int32& index) override
    {
        index = 0;
        value = now;
        return kResultOk;
    }

    Vst::ParamID id = 0;
    std::optional<double> value;
};

/** A host's block while the transport stands. @returns what it told */
ToldChanges processOnce (HostedPlugin& plugin)
{
    struct Visitor : juce::ExtensionsVisitor
    {
        void visitVST3Client (const VST3Client& client) override { component = client.getIComponentPtr(); }
        Vst::IComponent* component = nullptr;
    };
    Visitor visitor;
    plugin->getExtensions (visitor);
    REQUIRE (visitor.component != nullptr);
    void* found = nullptr;
    REQUIRE (visitor.component->queryInterface (Vst::IAudioProcessor_iid, &found) == kResultOk);
    auto* const audio = static_cast<Vst::IAudioProcessor*> (found);

    constexpr int32 samples = 64;
    std::array<std::array<float, samples>, 2> sound {};
    std::array<float*, 2> channels { sound[0].data(), sound[1].data() };
    Vst::AudioBusBuffers bus;
    bus.numChannels = 2;
    bus.channelBuffers32 = channels.data();
    ToldChanges told;
    Vst::ProcessData data;
    data.numSamples = samples;
    data.numOutputs = 1;
    data.outputs = &bus;
    data.outputParameterChanges = &told;
    CHECK (audio->process (data) == kResultOk);
    audio->release();
    return told;
}
} // namespace

TEST_CASE ("A VST3 tells its host with its blocks how much is rendered, and each value once",
           "[plugin][host]")
{
    FakeFaults slow;
    slow.frameMs = 60;
    PluginFixture fixture (slow);
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (pluginFormats[0].name, pluginFormats[0].bundle, 48'000.0, 512);
    CHECK_FALSE (processOnce (plugin).value);
    plugin.load (StateText { scene, 5, true }.text());
    std::set<double> seen;
    Vst::ParamID id = 0;
    CHECK (eventually ([&] {
        if (const auto told = processOnce (plugin); told.value)
        {
            CHECK (seen.insert (*told.value).second);
            id = told.id;
        }
        return seen.size() > 3 && seen.contains (1.0);
    }));
    CHECK (*seen.begin() < 0.2);
    CHECK_FALSE (processOnce (plugin).value);
    const auto& parameters = plugin->getParameters();
    CHECK (std::any_of (parameters.begin(), parameters.end(), [&] (const auto* parameter) {
        const auto* const hosted = dynamic_cast<const juce::HostedAudioProcessorParameter*> (parameter);
        return hosted != nullptr && hosted->getParameterID() == juce::String ((std::int64_t) id) &&
               parameter->getName (40) == "Rendered";
    }));
    CHECK (fixture.engine.jobs() == 5);
}
