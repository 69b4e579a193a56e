// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>

#include <pluginterfaces/vst/ivstaudioprocessor.h>
#include <pluginterfaces/vst/ivstcomponent.h>

#include "Processor/HostLink.h"

namespace tableread::plugin
{
/** JUCE's component with the host's position as it is: JUCE reports 0 in place of what is before it, so that all of a host's
    pre-roll would play the first block again and again. It also adds the parameter that only the plugin changes to what a
    block tells the host. Everything else is passed on but a block's size: JUCE writes behind its memory in a block that is
    larger than the host has announced.

    A host that asks this object for another interface gets JUCE's. */
class PositionLayer final : public Steinberg::Vst::IComponent, public Steinberg::Vst::IAudioProcessor
{
public:
    using TUID = Steinberg::TUID;
    using TBool = Steinberg::TBool;
    using tresult = Steinberg::tresult;
    using int32 = Steinberg::int32;
    using uint32 = Steinberg::uint32;

    /** Takes over a reference to each. */
    PositionLayer (Steinberg::Vst::IComponent* component, Steinberg::Vst::IAudioProcessor* processor,
                   std::shared_ptr<HostLink> given);

    tresult PLUGIN_API queryInterface (const TUID iid, void** object) override;
    uint32 PLUGIN_API addRef() override;
    uint32 PLUGIN_API release() override;

    tresult PLUGIN_API initialize (Steinberg::FUnknown* context) override
    {
        return inner->initialize (context);
    }
    tresult PLUGIN_API terminate() override { return inner->terminate(); }

    tresult PLUGIN_API getControllerClassId (TUID id) override { return inner->getControllerClassId (id); }
    tresult PLUGIN_API setIoMode (Steinberg::Vst::IoMode mode) override { return inner->setIoMode (mode); }
    int32 PLUGIN_API getBusCount (Steinberg::Vst::MediaType type, Steinberg::Vst::BusDirection way) override
    {
        return inner->getBusCount (type, way);
    }
    tresult PLUGIN_API getBusInfo (Steinberg::Vst::MediaType type, Steinberg::Vst::BusDirection way,
                                   int32 index, Steinberg::Vst::BusInfo& bus) override
    {
        return inner->getBusInfo (type, way, index, bus);
    }
    tresult PLUGIN_API getRoutingInfo (Steinberg::Vst::RoutingInfo& in,
                                       Steinberg::Vst::RoutingInfo& out) override
    {
        return inner->getRoutingInfo (in, out);
    }
    tresult PLUGIN_API activateBus (Steinberg::Vst::MediaType type, Steinberg::Vst::BusDirection way,
                                    int32 index, TBool state) override
    {
        return inner->activateBus (type, way, index, state);
    }
    tresult PLUGIN_API setActive (TBool state) override { return inner->setActive (state); }
    tresult PLUGIN_API setState (Steinberg::IBStream* state) override { return inner->setState (state); }
    tresult PLUGIN_API getState (Steinberg::IBStream* state) override { return inner->getState (state); }

    tresult PLUGIN_API setBusArrangements (Steinberg::Vst::SpeakerArrangement* inputs, int32 inputCount,
                                           Steinberg::Vst::SpeakerArrangement* outputs,
                                           int32 outputCount) override
    {
        return audio->setBusArrangements (inputs, inputCount, outputs, outputCount);
    }
    tresult PLUGIN_API getBusArrangement (Steinberg::Vst::BusDirection way, int32 index,
                                          Steinberg::Vst::SpeakerArrangement& arrangement) override
    {
        return audio->getBusArrangement (way, index, arrangement);
    }
    tresult PLUGIN_API canProcessSampleSize (int32 size) override
    {
        return audio->canProcessSampleSize (size);
    }
    uint32 PLUGIN_API getLatencySamples() override { return audio->getLatencySamples(); }
    tresult PLUGIN_API setupProcessing (Steinberg::Vst::ProcessSetup& setup) override;
    tresult PLUGIN_API setProcessing (TBool state) override { return audio->setProcessing (state); }
    tresult PLUGIN_API process (Steinberg::Vst::ProcessData& data) override;
    uint32 PLUGIN_API getTailSamples() override { return audio->getTailSamples(); }

private:
    ~PositionLayer();
    void tellMeter (Steinberg::Vst::IParameterChanges* out);

    Steinberg::Vst::IComponent* const inner;
    Steinberg::Vst::IAudioProcessor* const audio;
    const std::shared_ptr<HostLink> link;
    const Steinberg::Vst::ParamID meterId;
    int32 largestBlock = 0; // that JUCE is prepared for
    std::atomic<uint32> references { 1 };
};
} // namespace tableread::plugin
