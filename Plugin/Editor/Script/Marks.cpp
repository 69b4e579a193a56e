// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Marks.h"

#include <cmath>

namespace tableread::plugin
{
std::string wordsFor (const LineMark& mark)
{
    switch (mark.state)
    {
        case LineMark::State::None:
            return {};
        case LineMark::State::Queued:
            return mark.tip.empty() ? "Waiting to be rendered" : mark.tip;
        case LineMark::State::Rendering:
            return mark.tip.empty()
                       ? "Rendering, " + std::to_string (std::lround (mark.progress * 100.0f)) + " %"
                       : mark.tip;
        case LineMark::State::Done:
            return mark.tip.empty() ? "Rendered" : mark.tip;
        case LineMark::State::Stale:
            return mark.tip.empty() ? "Changed since it was rendered" : mark.tip;
        case LineMark::State::Failed:
            return (mark.tip.empty() ? "Not rendered" : mark.tip) + "\nClick to try again";
    }
    return {};
}
} // namespace tableread::plugin
