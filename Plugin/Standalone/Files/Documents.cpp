// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/Documents.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "Project/File/Place.h"
#include "Standalone/Files/ReadFile.h"

namespace tableread::plugin
{
namespace
{
std::string wordsOf (const std::vector<std::string>& notes)
{
    std::string words;
    for (const auto& note : notes)
        words += (words.empty() ? "" : "\n") + note;
    return words;
}

/** What is wrong with a file, as a sentence: many of our errors leave out what they are about. */
std::string sentenceOf (const Error& error)
{
    constexpr std::array verbs { "is ", "was ", "has ", "cannot ", "does ", "lacks ", "looks " };
    const bool lacksSubject = ! error.where.empty() && std::ranges::any_of (verbs, [&] (const char* verb) {
        return error.message.starts_with (verb);
    });
    return lacksSubject ? error.where + ' ' + error.message : error.text();
}
} // namespace

Documents::Documents (OpenProject& shown, Dialogs& user, const Options& options)
    : project (shown)
    , dialogs (user)
    , file (shown.content().document)
    , recent (options.recent)
    , autosave (options.autosave)
{}

void Documents::startNew()
{
    unlessUnsaved ([this] { show ({}); });
}

void Documents::openChosen()
{
    dialogs.chooseToOpen (file.path().parent_path(), [this] (const auto& chosen) { open (chosen); });
}

void Documents::open (const std::filesystem::path& chosen)
{
    auto opened = readFile (chosen);
    if (! opened)
        return dialogs.tell ("Not opened", sentenceOf (opened.error()));
    unlessUnsaved ([this, opened = std::move (*opened)] { show (opened); });
}

void Documents::save()
{
    save ([] {});
}

void Documents::saveAs()
{
    saveAs ([] {});
}

void Documents::close (Then then)
{
    unlessUnsaved ([this, then = std::move (then)] {
        autosave.clear();
        then();
    });
}

void Documents::changed()
{
    const auto content = project.content();
    const bool isCollected = content.audio != nullptr;
    if (content.document == seen && isCollected == seenCollected)
        return;
    seen = content.document;
    seenCollected = isCollected;
    const auto before = title();
    modified = file.isModified (*content.document) || isCollected != file.isCollected();
    if (modified)
        autosave.set (
            { content, file.hasFile() ? file.path() : std::filesystem::path(), file.contentHash() });
    else
        autosave.clear();
    if (title() != before)
        onTitle();
}

project::Content Documents::settled() const
{
    project.settle();
    return project.content();
}

void Documents::showUnsaved (project::Content content)
{
    show ({ DocumentFile::recovered ({}, {}), std::move (content) });
}

void Documents::unlessUnsaved (Then then)
{
    project.settle();
    changed();
    if (! modified)
        return then();
    const Question question { .title = "Unsaved changes",
                              .text = "Save the changes of " + file.name() + '?',
                              .yes = "Save",
                              .no = "Don't Save",
                              .cancel = "Cancel" };
    dialogs.ask (question, [this, then = std::move (then)] (Answer answer) {
        if (answer == Answer::Yes)
            save (then);
        else if (answer == Answer::No)
            then();
    });
}

void Documents::save (Then then)
{
    if (! file.hasFile())
        return saveAs (std::move (then));
    const auto saved = file.save (settled());
    if (! saved && saved.error().code == ErrorCode::Conflict)
        return askAboutChanged (saved.error(), then);
    finishSaving (saved, then);
}

void Documents::askAboutChanged (const Error& problem, const Then& then)
{
    const Question question { .title = "Changed elsewhere",
                              .text = sentenceOf (problem) + ". Saving replaces that.",
                              .yes = "Save As\u2026",
                              .no = "Replace It",
                              .cancel = "Cancel" };
    dialogs.ask (question, [this, then] (Answer answer) {
        if (answer == Answer::Yes)
            saveAs (then);
        else if (answer == Answer::No)
            finishSaving (file.save (settled(), DocumentFile::Changed::Overwrite), then);
    });
}

void Documents::saveAs (Then then)
{
    dialogs.chooseToSave (file.path(),
                          [this, then = std::move (then)] (const auto& place) { saveInto (place, then); });
}

void Documents::saveInto (std::filesystem::path place, const Then& then)
{
    const auto doIt = [this, then] (const std::filesystem::path& to) {
        finishSaving (file.saveAs (to, settled()), then);
    };
    if (! place.extension().empty())
        return doIt (place);
    place += project::projectExtension;
    std::error_code ignored;
    if (! std::filesystem::exists (place, ignored))
        return doIt (place);
    // The user was not asked about this name.
    const Question question { .title = "Replace the file?",
                              .text = place.string() + " is there already.",
                              .yes = "Replace It",
                              .no = "Cancel",
                              .cancel = {} };
    dialogs.ask (question, [doIt, place] (Answer answer) {
        if (answer == Answer::Yes)
            doIt (place);
    });
}

void Documents::finishSaving (const Result<void>& saved, const Then& then)
{
    if (! saved)
        return dialogs.tell ("Not saved", sentenceOf (saved.error()));
    recent.add (file.path());
    seen.reset(); // the file has changed, if not the project
    changed();
    onTitle();
    then();
}

void Documents::show (DocumentFile::Opened opened)
{
    file = std::move (opened.file);
    const auto notes = wordsOf (opened.content.notes);
    if (file.hasFile())
        recent.add (file.path());
    project.replace (std::move (opened.content), file.path().parent_path());
    seen.reset();
    changed();
    onTitle();
    if (! notes.empty())
        dialogs.tell (file.name(), notes);
}

void Documents::offerRecovery()
{
    lost = findRecoverable (autosave.file().parent_path());
    offerNext();
}

void Documents::offerNext()
{
    if (lost.empty())
        return;
    const Question question { .title = "Not saved when TableRead ended",
                              .text = lost.front().question (std::chrono::system_clock::now()),
                              .yes = "Recover",
                              .no = "Discard",
                              .cancel = "Later" };
    dialogs.ask (question, [this] (Answer answer) {
        const auto one = std::move (lost.front());
        lost.erase (lost.begin());
        if (answer == Answer::Yes)
            return recover (
                one); // the others are offered at the next start: there is one project in a window
        if (answer == Answer::No)
            one.remove();
        offerNext();
    });
}

void Documents::recover (const Recoverable& one)
{
    lost.clear();
    auto saved = one.read();
    if (! saved)
        return dialogs.tell ("Not recovered", sentenceOf (saved.error()));
    show ({ DocumentFile::recovered (saved->file, std::move (saved->contentHash)),
            std::move (saved->content) });
    autosave.waitUntilWritten();
    if (! autosave.problem())
        one.remove();
}
} // namespace tableread::plugin
