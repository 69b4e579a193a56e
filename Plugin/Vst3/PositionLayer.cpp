// SPDX-License-Identifier: GPL-3.0-or-later
#include "Vst3/PositionLayer.h"

#include <algorithm>
#include <utility>

#include <pluginterfaces/vst/ivstprocesscontext.h>

namespace tableread::plugin
{
using namespace Steinberg;

PositionLayer::PositionLayer (Vst::IComponent* component, Vst::IAudioProcessor* processor,
                              std::shared_ptr<HostClock> time)
    : inner (component)
    , audio (processor)
    , clock (std::move (time))
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
        clock->set (data.processContext->projectTimeSamples);
    const auto result = audio->process (data);
    clock->clear();
    return result;
}
} // namespace tableread::plugin
