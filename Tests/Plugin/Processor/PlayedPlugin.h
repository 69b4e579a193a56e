// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include "Plugin/FakePlayHead.h"
#include "Plugin/PluginFixture.h"
#include "Processor/PluginProcessor.h"

namespace tableread::test
{
/** A plugin that uses the fixture's engine. */
struct PlayedPlugin
{
    explicit PlayedPlugin (const PluginFixture& fixture, double rate, int block = 512)
        : PlayedPlugin (fixture.options(), rate, block)
    {}

    explicit PlayedPlugin (const Workspace::Options& options, double rate, int block = 512)
        : processor (std::make_unique<PluginProcessor> (options))
    {
        head.rate = rate;
        processor->setPlayHead (&head);
        processor->setRateAndBufferSizeDetails (rate, block);
        processor->prepareToPlay (rate, block);
    }

    Workspace& workspace() const { return processor->workspace; }

    void render() const
    {
        workspace().setScript (scene);
        REQUIRE (workspace().render());
        REQUIRE (eventually ([&] { return workspace().player().stage().view()->parts.size() == 5; }));
    }

    /** While no block is played. */
    void renderAll() const
    {
        render();
        constexpr std::size_t all = 1u << 30;
        REQUIRE (eventually ([&] { return isRendered (workspace()); }));
        REQUIRE (eventually ([&] {
            return ! workspace().player().stage().planFor ({ {}, 0, false, false }).waiting ({ 0 }, all);
        }));
    }

    template <typename Parameter>
    Parameter& parameter (const juce::String& id) const
    {
        for (auto* each : processor->getParameters())
            if (auto* found = dynamic_cast<Parameter*> (each); found != nullptr && found->paramID == id)
                return *found;
        throw std::runtime_error (("no parameter " + id).toStdString());
    }

    std::vector<float> play (std::int64_t from, std::int64_t to, int block)
    {
        return test::play (*processor, head, from, to, block);
    }

    juce::ScopedJuceInitialiser_GUI juce;
    FakePlayHead head;
    std::unique_ptr<PluginProcessor> processor;
};
} // namespace tableread::test
