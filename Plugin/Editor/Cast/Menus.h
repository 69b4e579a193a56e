// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Editor/Cast/Context.h"

namespace tableread::plugin
{
/** The voices that somebody may have for a direction: the model's, a recording; ways back; and, for the usual voice, moods to
    add. @param anchor where a mood's name is typed. */
juce::PopupMenu voiceMenu (CastContext& context, const CastEntry& entry, const CastVoice& voice,
                           juce::Component& anchor);

juce::PopupMenu busMenu (CastContext& context, const CastEntry& entry);

/** The theme's colours, and any other. @param anchor where that is chosen. */
juce::PopupMenu colourMenu (CastContext& context, const CastEntry& entry, juce::Component& anchor);
} // namespace tableread::plugin
