// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "Core/Error.h"
#include "Project/File/Format.h"

namespace tableread::plugin
{
/** Which file a project is in, and what of the project is saved there.

    Threads   one at a time; files are read and written on the caller's. */
class DocumentFile
{
public:
    using Document = std::shared_ptr<const project::Document>;

    /** An empty project without a file. */
    DocumentFile() : DocumentFile (std::make_shared<const project::Document>()) {}

    /** A project without a file, of which nothing needs to be saved yet.
        @param suggestion  where it could be saved, with its name; may be empty */
    explicit DocumentFile (Document document, std::filesystem::path suggestion = {});

    struct Opened;

    /** Reads a project's file. @returns what readProject() does. */
    [[nodiscard]] static Result<Opened> open (const std::filesystem::path& file);

    /** That of a project that was not saved before the program ended: all of it is unsaved.
        @param file     empty: it had none
        @param content  contentHash() then */
    static DocumentFile recovered (const std::filesystem::path& file, std::string content);

    enum class Changed // on disk, by somebody else
    {
        Refuse, // Conflict
        Overwrite
    };

    /** Into its file, which is there: hasFile(). */
    [[nodiscard]] Result<void> save (const project::Content& content, Changed changed = Changed::Refuse);

    /** Into another one, in place of what may be there; it becomes the project's file if that succeeds. */
    [[nodiscard]] Result<void> saveAs (const std::filesystem::path& file, const project::Content& content);

    bool hasFile() const { return isSaved; }

    /** Where it is, or where it could be saved: a name alone if nothing was suggested. */
    const std::filesystem::path& path() const { return file; }

    /** "scene.tableread"; "scene" or "Untitled" without a file. */
    std::string name() const { return (isSaved ? file.filename() : file.stem()).string(); }

    /** Of the file's bytes when it was read or written last; empty: it has none. */
    const std::string& contentHash() const { return hash; }

    /** Whether there is something to save. What nobody did does not count: given voices, hashes of recordings, the next id,
        the host's tempo. */
    bool isModified (const project::Document& now) const;

    /** Whether the file holds its takes' audio itself. */
    bool isCollected() const { return hasAudio; }

private:
    Result<bool> isChangedOnDisk() const;

    Document saved; // null: nothing is saved
    std::filesystem::path file;
    std::string hash;
    bool isSaved = false, hasAudio = false;
};

struct DocumentFile::Opened
{
    DocumentFile file;
    project::Content content;
};
} // namespace tableread::plugin
