// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <memory>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Bounce/Choices.h"
#include "Editor/Keyboard/FocusScroller.h"
#include "Editor/ProblemLine.h"
#include "Editor/Text/LeaveOnClick.h"

namespace tableread::plugin
{
/** What a bounce waits for and what marks a gap in it, the silence between lines, and what the last bounce lacks. A number
    that is typed counts from Return on, or when the field is left. Message thread. */
class BouncePanel : public juce::Component
{
public:
    explicit BouncePanel (std::shared_ptr<Typefaces> typefaces = Typefaces::shared());

    /** Does an edit; what is refused is shown. */
    std::function<Result<void> (const project::Edit&)> onEdit;

    /** The user wants blocks to wait otherwise: a parameter of the host's. */
    std::function<void (project::RenderWait)> onWait;

    /** Costs nothing for what is shown already. @param report of the last bounce; null: there was none. */
    void show (std::shared_ptr<const project::Document> document,
               const std::shared_ptr<const GapReport>& lastReport);

    const std::string& problem() const { return refusal.text(); }

    void resized() override;

private:
    struct Number
    {
        BounceNumber which = BounceNumber::PatienceSeconds;
        juce::Label name {}, unit {};
        juce::TextEditor field {};
        LeaveOnClick leave { field };
    };

    void setUp (Number& number, const char* name, const char* unit, const char* tip);
    void typed (Number& number);
    void edit (project::Settings settings);
    void showReport (const GapReport* report);
    int layOut (int width, int height);

    std::shared_ptr<const project::Document> shown = std::make_shared<const project::Document>();
    std::shared_ptr<const GapReport> shownReport;
    juce::Label missingTitle, gapsTitle, reportTitle, waitName;
    juce::ComboBox wait;
    juce::ToggleButton slate { "A tone where speech is missing" };
    std::array<Number, 4> numbers { Number { BounceNumber::PatienceSeconds },
                                    Number { BounceNumber::LineGapMs }, Number { BounceNumber::SpeakerGapMs },
                                    Number { BounceNumber::SceneGapMs } };
    juce::TextEditor report;
    juce::Component content; // all but why something was refused
    FocusScroller scroller { content, "Scroll the bounce's panel" };
    ProblemLine refusal;
};
} // namespace tableread::plugin
