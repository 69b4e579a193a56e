// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "Editor/Cast/Context.h"
#include "Editor/Cast/MemberRow.h"
#include "Editor/ProblemLine.h"

namespace tableread::plugin
{
/** The cast: a row for everybody, of which only those that are seen have controls. The arrows up and down go from row to row,
    Tab from control to control. Message thread. */
class CastView : public juce::Component, private juce::FocusChangeListener
{
public:
    explicit CastView (std::shared_ptr<Typefaces> typefaces = Typefaces::shared());
    ~CastView() override;

    /** Does an edit; what is refused is shown. */
    std::function<Result<void> (const project::Edit&)> onEdit;

    /** Writes and reads a cast's file (Project/File/CastFile.h) that the user has chosen: CastModel::toFile(), fromFile(). */
    std::function<Result<void> (const std::filesystem::path&)> onSaveCast, onLoadCast;

    /** For the stems that are dragged out of the panel. */
    SoundsOut& sounds() { return context->sounds; }

    /** @param modelVoices the names to choose from
        @param missing     recordings that were not found. Costs nothing for what is shown already. */
    void show (std::shared_ptr<const project::Document> document, std::vector<std::string> modelVoices,
               const std::vector<VoiceReference>& missing = {});

    const CastModel& state() const { return context->model; }
    const std::vector<CastEntry>& entries() const { return state().entries(); }
    MemberRow* rowOf (std::size_t entry); // null: it is not seen
    const std::string& problem() const { return refusal.text(); }

    /** Scrolls so that somebody is seen. */
    void reveal (std::size_t entry);

    void paint (juce::Graphics& g) override;
    void resized() override;

private:
    class List;
    class Scroller;

    void layOut();
    void makeRows();
    void moveFocus (int rows);
    void globalFocusChanged (juce::Component*) override;
    void openCastFile (bool saves);

    const std::shared_ptr<CastContext> context;
    std::shared_ptr<const project::Document> shown;
    std::vector<VoiceReference> shownMissing;
    ProblemLine refusal;
    std::unique_ptr<List> list;
    std::unique_ptr<Scroller> scroller;
    std::map<std::size_t, std::unique_ptr<MemberRow>> rows; // that have controls, by the entry
    std::vector<int> tops;                                  // of all rows, and the end of the last
    juce::TextButton load, save;
};
} // namespace tableread::plugin
