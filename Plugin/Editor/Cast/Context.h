// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Cast/Model.h"
#include "Editor/DragHandle.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
/** What the rows of the cast's panel share. Menus and file dialogs hold it weakly: they may outlive the panel. Message
    thread. */
struct CastContext : std::enable_shared_from_this<CastContext>
{
    explicit CastContext (std::shared_ptr<Typefaces> typefaces) : faces (std::move (typefaces)) {}

    /** Opens a file dialog for a voice of somebody. */
    void chooseRecording (const std::string& speaker, const std::string& direction);
    void useRecording (const std::string& speaker, const std::string& direction, const juce::File& file);

    /** Whether a file's name is that of a recording. */
    static bool isRecording (const juce::String& file);

    CastModel model;
    std::vector<std::string> modelVoices;
    const std::shared_ptr<Typefaces> faces;
    std::function<void (const Result<project::Edit>&)> edit; // also says what was refused
    SoundsOut sounds;                                        // for speakers' stems
    std::unique_ptr<juce::FileChooser> chooser;
};

/** What a menu's item does, unless the panel is gone by then. */
template <typename Action>
std::function<void()> whileShown (CastContext& context, Action action)
{
    return [weak = context.weak_from_this(), action = std::move (action)] {
        if (const auto still = weak.lock())
            action (*still);
    };
}
} // namespace tableread::plugin
