// SPDX-License-Identifier: GPL-3.0-or-later
#include "Vst3/PositionLayer.h"

#include <algorithm>
#include <utility>

#include <juce_core/juce_core.h>
#include <pluginterfaces/vst/ivstparameterchanges.h>
#include <pluginterfaces/vst/ivstprocesscontext.h>

namespace tableread::plugin
{
using namespace Steinberg;

namespace
{
/** As JUCE's wrapper numbers its parameters. */
Vst::ParamID vst3IdOf (const char* parameter)
{
    constexpr Vst::ParamID positive = 0x7fff'ffff;
    return (Vst::ParamID) juce::String (parameter).hashCode() & positive;
}
} // namespace

PositionLayer::PositionLayer (Vst::IComponent* component, Vst::IAudioProcessor* processor,
                              std::shared_ptr<HostLink> given)
    : inner (component)
    , audio (processor)
    , link (std::move (given))
    , meterId (vst3IdOf (HostLink::meterId))
{}

PositionLayer::~PositionLayer()
{
    audio->release();
    inner->release();
}

tresult PLUGIN_API PositionLayer::queryInterface (const TUID iid, void** object)
{
    if (FUnknownPrivate::iidEqual (iid, FUnknown::iid) || FUnknownPrivate::iidEqual (iid, IPluginBase::iid) ||
        FUnknownPrivate::iidEqual (iid, Vst::IComponent::iid))
        *object = static_cast<Vst::IComponent*> (this);
    else if (FUnknownPrivate::iidEqual (iid, Vst::IAudioProcessor::iid))
        *object = static_cast<Vst::IAudioProcessor*> (this);
    else
        return inner->queryInterface (iid, object);
    addRef();
    return kResultOk;
}

uint32 PLUGIN_API PositionLayer::addRef()
{
    return references.fetch_add (1, std::memory_order_relaxed) + 1;
}

uint32 PLUGIN_API PositionLayer::release()
{
    const auto left = references.fetch_sub (1, std::memory_order_acq_rel) - 1;
    if (left == 0)
        delete this;
    return left;
}

tresult PLUGIN_API PositionLayer::setupProcessing (Vst::ProcessSetup& setup)
{
    constexpr int32 usual = 8192;
    auto roomy = setup;
    roomy.maxSamplesPerBlock = largestBlock = std::max (setup.maxSamplesPerBlock, usual);
    return audio->setupProcessing (roomy);
}

tresult PLUGIN_API PositionLayer::process (Vst::ProcessData& data)
{
    if (data.numSamples > largestBlock)
        return kInvalidArgument;
    if (data.processContext != nullptr)
        link->setPosition (data.processContext->projectTimeSamples);
    const auto result = audio->process (data);
    link->clearPosition();
    tellMeter (data.outputParameterChanges);
    return result;
}

/** A host without a list of changes is told by a later block. */
void PositionLayer::tellMeter (Vst::IParameterChanges* out)
{
    const auto value = out != nullptr ? link->changedMeter() : std::nullopt;
    int32 index = 0;
    auto* const points = value ? out->addParameterData (meterId, index) : nullptr;
    if (points != nullptr)
        points->addPoint (0, *value, index);
}
} // namespace tableread::plugin
