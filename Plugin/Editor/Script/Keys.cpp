// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Editor.h"

namespace tableread::plugin
{
namespace
{
using juce::KeyPress;
using juce::ModifierKeys;
using Step = TextModel::Step;

/** Ctrl, or Option on a Mac: words instead of characters. */
bool isByWord (const ModifierKeys& keys)
{
#if JUCE_MAC
    return keys.isAltDown();
#else
    return keys.isCtrlDown();
#endif
}

std::optional<Step> stepOfMac ([[maybe_unused]] const KeyPress& key)
{
#if JUCE_MAC
    if (! key.getModifiers().isCommandDown())
        return {};
    if (key.isKeyCode (KeyPress::leftKey))
        return Step::RowStart;
    if (key.isKeyCode (KeyPress::rightKey))
        return Step::RowEnd;
    if (key.isKeyCode (KeyPress::upKey))
        return Step::TextStart;
    if (key.isKeyCode (KeyPress::downKey))
        return Step::TextEnd;
#endif
    return {};
}

std::optional<Step> stepOf (const KeyPress& key)
{
    const auto keys = key.getModifiers();
    const bool byWord = isByWord (keys);
    if (const auto step = stepOfMac (key))
        return step;
    if (key.isKeyCode (KeyPress::leftKey))
        return byWord ? Step::WordLeft : Step::Left;
    if (key.isKeyCode (KeyPress::rightKey))
        return byWord ? Step::WordRight : Step::Right;
    if (key.isKeyCode (KeyPress::homeKey))
        return keys.isCommandDown() ? Step::TextStart : Step::RowStart;
    if (key.isKeyCode (KeyPress::endKey))
        return keys.isCommandDown() ? Step::TextEnd : Step::RowEnd;
    if (byWord)
        return {};
    if (key.isKeyCode (KeyPress::upKey))
        return Step::Up;
    if (key.isKeyCode (KeyPress::downKey))
        return Step::Down;
    if (key.isKeyCode (KeyPress::pageUpKey))
        return Step::PageUp;
    if (key.isKeyCode (KeyPress::pageDownKey))
        return Step::PageDown;
    return {};
}

bool isCommand (const KeyPress& key, int letter, int more = 0)
{
    return key == KeyPress (letter, ModifierKeys::commandModifier | more, 0);
}

/** A key with Ctrl or Alt types nothing; both together are AltGr on some systems. */
bool isChord (const ModifierKeys& keys)
{
#if JUCE_MAC
    return keys.isCommandDown() || keys.isCtrlDown();
#else
    return keys.isCtrlDown() != keys.isAltDown();
#endif
}
} // namespace

bool ScriptEditor::keyPressed (const juce::KeyPress& key)
{
    if (commandByKey (key))
        return true;
    if (searchBar.hasKeyboardFocus (true))
        return false; // what its field had no use for
    return completeByKey (key) || moveLinesByKey (key) || moveByKey (key) || editByKey (key) ||
           leaveByKey (key);
}

bool ScriptEditor::moveByKey (const juce::KeyPress& key)
{
    const auto keys = key.getModifiers();
    if (isByWord (keys) && (key.isKeyCode (KeyPress::upKey) || key.isKeyCode (KeyPress::downKey)))
    {
        const auto row = view.rowHeight();
        view.scrollBy (key.isKeyCode (KeyPress::upKey) ? -row : row);
        show (false);
        return true;
    }
    const auto step = stepOf (key);
    if (! step || (keys.isAltDown() && ! isByWord (keys)))
        return false;
    model.move (*step, keys.isShiftDown(), view.rowsInPage());
    completions.offer ({}, {});
    show();
    return true;
}

bool ScriptEditor::moveLinesByKey (const juce::KeyPress& key)
{
    const bool isUp = key == KeyPress (KeyPress::upKey, ModifierKeys::altModifier, 0);
    if (! onMoveByOne || (! isUp && key != KeyPress (KeyPress::downKey, ModifierKeys::altModifier, 0)))
        return false;
    onMoveByOne (selectedRows(), isUp);
    return true;
}

bool ScriptEditor::commandByKey (const juce::KeyPress& key)
{
    if (isCommand (key, 'f'))
        openSearch();
    else if (key == KeyPress (KeyPress::F3Key) || isCommand (key, 'g'))
        findNext (true);
    else if (key == KeyPress (KeyPress::F3Key, ModifierKeys::shiftModifier, 0) ||
             isCommand (key, 'g', ModifierKeys::shiftModifier))
        findNext (false);
    else
        return false;
    return true;
}

bool ScriptEditor::completeByKey (const juce::KeyPress& key)
{
    if (! completions.offered())
        return false;
    if (key == KeyPress::upKey || key == KeyPress::downKey)
        completions.step (key == KeyPress::upKey ? -1 : 1);
    else if (key == KeyPress::returnKey)
        acceptCompletion();
    else if (key == KeyPress::escapeKey)
        completions.offer ({}, {});
    else
        return false;
    return true;
}

bool ScriptEditor::editByKey (const juce::KeyPress& key)
{
    const auto keys = key.getModifiers();
    const bool isCut =
        isCommand (key, 'x') || key == KeyPress (KeyPress::deleteKey, ModifierKeys::shiftModifier, 0);
    bool offersNames = false;
    if (isCut || isCommand (key, 'c') || key == KeyPress (KeyPress::insertKey, ModifierKeys::ctrlModifier, 0))
    {
        copy();
        if (isCut)
            model.replace (model.selection(), {});
    }
    else if (isCommand (key, 'v') || key == KeyPress (KeyPress::insertKey, ModifierKeys::shiftModifier, 0))
        model.type (clipboard.paste().toStdString());
    else if (isCommand (key, 'a'))
    {
        model.selectAll();
        show (false);
        return true;
    }
    else if (isCommand (key, 'z') && onUndo)
        onUndo();
    else if ((isCommand (key, 'y') || isCommand (key, 'z', ModifierKeys::shiftModifier)) && onRedo)
        onRedo();
    else if (key.isKeyCode (KeyPress::backspaceKey))
    {
        model.erase (isByWord (keys) ? Step::WordLeft : Step::Left);
        offersNames = completions.offered().has_value();
    }
    else if (key.isKeyCode (KeyPress::deleteKey))
        model.erase (isByWord (keys) ? Step::WordRight : Step::Right);
    else if (key.isKeyCode (KeyPress::returnKey) && ! isChord (keys))
        model.type ("\n");
    else if (key.getTextCharacter() >= ' ' && key.getTextCharacter() != 0x7f && ! isChord (keys))
    {
        typeCharacter (key.getTextCharacter());
        offersNames = true;
    }
    else
        return false;
    show();
    if (offersNames)
        offerCompletion();
    else
        completions.offer ({}, {});
    return true;
}

bool ScriptEditor::leaveByKey (const juce::KeyPress& key)
{
    if (key == KeyPress (KeyPress::F10Key, ModifierKeys::shiftModifier, 0))
    {
        openMenu();
        return true;
    }
    if (key != KeyPress::escapeKey)
        return false; // Tab too: JUCE then moves to the next control
    if (searchBar.isVisible())
        closeSearch();
    else
        giveAwayKeyboardFocus(); // space and the transport's keys are the host's again
    return true;
}

void ScriptEditor::copy()
{
    if (! model.selection().isEmpty())
        clipboard.copy (juce::String::fromUTF8 (model.selectedText().c_str()));
}

void ScriptEditor::offerCompletion()
{
    const auto caret = model.caret();
    const auto& line = model.buffer().line (caret.line);
    completions.offer (completionFor (line, caret.byte, speakers), caretBounds());
}

void ScriptEditor::acceptCompletion()
{
    const auto completion = *completions.offered();
    const auto name = completions.chosen();
    const auto line = model.caret().line;
    completions.offer ({}, {});
    model.replace ({ { line, completion.from }, { line, completion.to } },
                   completion.needsColon ? name + ": " : name);
    if (completion.needsColon)
        typedAhead = TypedAhead { model.caret(), ": " };
    show();
}

/** Who types the colon and the blank that came with a name has them once. */
void ScriptEditor::typeCharacter (juce::juce_wchar character)
{
    auto ahead = std::exchange (typedAhead, {});
    if (ahead && ahead->behind == model.caret() && model.selection().isEmpty() &&
        (juce::juce_wchar) ahead->rest.front() == character)
    {
        ahead->rest.remove_prefix (1);
        if (! ahead->rest.empty())
            typedAhead = ahead;
    }
    else
        model.type (juce::String::charToString (character).toStdString());
}
} // namespace tableread::plugin
