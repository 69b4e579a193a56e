// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "Standalone/Files/Autosave.h"
#include "Standalone/Files/Dialogs.h"
#include "Standalone/Files/DocumentFile.h"
#include "Standalone/Files/RecentFiles.h"
#include "Standalone/Files/Recovery.h"

namespace tableread::plugin
{
/** The project that the app plays and shows, as far as files are concerned. */
class OpenProject
{
public:
    virtual ~OpenProject() = default;

    /** As it is now, perhaps without what was typed in the last moment. */
    virtual project::Content content() const = 0;

    /** Waits until content() has what was typed. */
    virtual void settle() = 0;

    /** @param folder  of its file, where its recordings may be; empty: it has none */
    virtual void replace (project::Content content, const std::filesystem::path& folder) = 0;
};

/** What the app's File menu does: one project at a time, in a file or not, and nothing unsaved is ever dropped unasked.

    Threads   the message thread; changed() too. */
class Documents
{
public:
    struct Options
    {
        Autosave::Options autosave;
        std::filesystem::path recent; // RecentFiles' folder
    };

    /** Both outlive this. */
    Documents (OpenProject& shown, Dialogs& user, const Options& options);

    /** Asks first whether to save what would be lost. The actions with a file's name tell the user why they fail. */
    void startNew();
    void openChosen();
    void open (const std::filesystem::path& file);

    void save();
    void saveAs();

    /** Calls `then` when nothing is unsaved, or the user has given it up. */
    void close (std::function<void()> then);

    /** Offers what other windows have not saved before they were ended, one after the other. */
    void offerRecovery();

    /** Shows a project that is in no file and not saved. */
    void showUnsaved (project::Content content);

    /** To be called when the project may have changed. */
    void changed();

    bool isModified() const { return modified; }

    /** "scene.tableread" or "scene.tableread *", with unsaved changes. */
    std::string title() const { return file.name() + (modified ? " *" : ""); }

    /** The title is another one. */
    std::function<void()> onTitle = [] {};

    const std::filesystem::path& path() const { return file.path(); }
    const RecentFiles& recentFiles() const { return recent; }

    /** Why unsaved work is not kept; nothing if it is. */
    std::optional<Error> autosaveProblem() const { return autosave.problem(); }

private:
    using Then = std::function<void()>;

    project::Content settled() const;
    void unlessUnsaved (Then then);
    void save (Then then);
    void saveAs (Then then);
    void saveInto (std::filesystem::path place, const Then& then);
    void askAboutChanged (const Error& problem, const Then& then);
    void finishSaving (const Result<void>& saved, const Then& then);
    void show (DocumentFile::Opened opened);
    void offerNext();
    void recover (const Recoverable& lost);

    OpenProject& project;
    Dialogs& dialogs;
    DocumentFile file;
    RecentFiles recent;
    bool modified = false;
    std::shared_ptr<const project::Document> seen; // by changed(), …
    bool seenCollected = false;                    // … with its takes' audio or without
    std::vector<Recoverable> lost;                 // not offered yet: the last one is next
    Autosave autosave;
};
} // namespace tableread::plugin
