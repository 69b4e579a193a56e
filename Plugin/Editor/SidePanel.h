// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "Editor/Bounce/Panel.h"
#include "Editor/Cast/Panel.h"
#include "Editor/Engine/Panel.h"
#include "Editor/SeedRow.h"
#include "Editor/Takes/Panel.h"

namespace tableread::plugin
{
/** What is beside the script: the cast, the takes of the selected lines, bounces, or the engine. Message thread. */
class SidePanel : public juce::Component
{
public:
    enum class Tab
    {
        Cast,
        Takes,
        Bounce,
        Engine
    };

    /** It outlives this. */
    explicit SidePanel (EngineOperator& engineOperator);

    CastView cast;
    TakesPanel takes;
    BouncePanel bounce;
    EnginePanel engine;
    SeedRow seed;

    void show (Tab wanted);
    Tab tab() const { return shown; }

    /** The name of the engine's tab, and whether it wants to be looked at. */
    void setEngineState (const juce::String& name, bool isBad);

    /** Nothing can be edited. */
    void setReadOnly (bool isReadOnly);

    void resized() override;

private:
    std::array<juce::TextButton, 4> tabs; // by Tab
    Tab shown = Tab::Cast;
};
} // namespace tableread::plugin
