// SPDX-License-Identifier: GPL-3.0-or-later
// The module's entry point: JUCE's factory, whose components get a PositionLayer. CMakeLists.txt renames JUCE's own entry
// point to tablereadJuceFactory.
#include <atomic>
#include <cstring>
#include <utility>

#include <pluginterfaces/base/ipluginbase.h>

#include "Vst3/PositionLayer.h"

extern "C" Steinberg::IPluginFactory* PLUGIN_API tablereadJuceFactory();

namespace tableread::plugin
{
namespace
{
using namespace Steinberg;

/** Passes everything on but what it creates. */
class Factory final : public IPluginFactory3
{
public:
    explicit Factory (IPluginFactory3* made) : inner (made) {} // takes over the reference

    tresult PLUGIN_API queryInterface (const TUID iid, void** object) override
    {
        for (const auto& own :
             { FUnknown::iid, IPluginFactory::iid, IPluginFactory2::iid, IPluginFactory3::iid })
            if (FUnknownPrivate::iidEqual (iid, own))
            {
                addRef();
                *object = static_cast<IPluginFactory3*> (this);
                return kResultOk;
            }
        return inner->queryInterface (iid, object);
    }

    uint32 PLUGIN_API addRef() override { return references.fetch_add (1, std::memory_order_relaxed) + 1; }
    uint32 PLUGIN_API release() override
    {
        const auto left = references.fetch_sub (1, std::memory_order_acq_rel) - 1;
        if (left == 0)
            delete this;
        return left;
    }

    tresult PLUGIN_API getFactoryInfo (PFactoryInfo* info) override { return inner->getFactoryInfo (info); }
    int32 PLUGIN_API countClasses() override { return inner->countClasses(); }
    tresult PLUGIN_API getClassInfo (int32 index, PClassInfo* info) override
    {
        return inner->getClassInfo (index, info);
    }
    tresult PLUGIN_API getClassInfo2 (int32 index, PClassInfo2* info) override
    {
        return inner->getClassInfo2 (index, info);
    }
    tresult PLUGIN_API getClassInfoUnicode (int32 index, PClassInfoW* info) override
    {
        return inner->getClassInfoUnicode (index, info);
    }
    tresult PLUGIN_API setHostContext (FUnknown* context) override { return inner->setHostContext (context); }

    tresult PLUGIN_API createInstance (FIDString cid, FIDString iid, void** object) override
    {
        HostLink::lastMade() = nullptr;
        const auto result = inner->createInstance (cid, iid, object);
        auto* const link = std::exchange (HostLink::lastMade(), nullptr);
        if (result != kResultOk || link == nullptr)
            return result; // the controller makes no processor
        return layered (static_cast<FUnknown*> (*object), link->shared_from_this(), iid, object);
    }

private:
    ~Factory() { inner->release(); }

    /** `made`, with a layer, as the interface that is wanted. */
    static tresult layered (FUnknown* made, std::shared_ptr<HostLink> link, FIDString iid, void** object)
    {
        void* component = nullptr;
        void* audio = nullptr;
        if (made->queryInterface (Vst::IComponent::iid, &component) != kResultOk)
            return kResultOk; // as JUCE made it
        if (made->queryInterface (Vst::IAudioProcessor::iid, &audio) != kResultOk)
        {
            static_cast<Vst::IComponent*> (component)->release();
            return kResultOk;
        }
        made->release();
        auto* layer = new PositionLayer (static_cast<Vst::IComponent*> (component),
                                         static_cast<Vst::IAudioProcessor*> (audio), std::move (link));
        TUID wanted;
        std::memcpy (wanted, iid, sizeof (TUID));
        const auto result = layer->queryInterface (wanted, object);
        layer->release();
        return result;
    }

    IPluginFactory3* const inner;
    std::atomic<uint32> references { 1 };
};
} // namespace
} // namespace tableread::plugin

extern "C" SMTG_EXPORT_SYMBOL Steinberg::IPluginFactory* PLUGIN_API GetPluginFactory()
{
    using namespace Steinberg;
    auto* juce = tablereadJuceFactory();
    void* whole = nullptr;
    if (juce == nullptr || juce->queryInterface (IPluginFactory3::iid, &whole) != kResultOk)
        return juce;
    juce->release();
    return new tableread::plugin::Factory (static_cast<IPluginFactory3*> (whole));
}
