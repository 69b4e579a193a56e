// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/DocumentFile.h"

#include <span>
#include <utility>

#include "Core/ContentHash.h"
#include "Project/File/Place.h"
#include "Project/Lookup.h"

namespace tableread::plugin
{
namespace
{
std::string hashOf (const std::string& bytes)
{
    return hashOfBytes (std::as_bytes (std::span (bytes)));
}

std::filesystem::path withWholePath (const std::filesystem::path& file)
{
    std::error_code ignored;
    return std::filesystem::absolute (file, ignored).lexically_normal();
}
/** A document without what came into it unasked. */
project::Document whatWasDone (project::Document document)
{
    document.nextId = 1;
    document.tempo = 0.0;
    document.settings.host = {};
    for (auto& member : document.cast)
        project::alter (member, [] (project::Member& copy) {
            if (! copy.isChosen)
                copy.moods.clear();
            for (auto& mood : copy.moods)
            {
                mood.content.clear();
                mood.relative.clear();
            }
        });
    std::erase_if (document.cast, [] (const auto& member) {
        project::Member nothing;
        nothing.speaker = member->speaker;
        return *member == nothing;
    });
    return document;
}
} // namespace

DocumentFile::DocumentFile (Document document, std::filesystem::path suggestion)
    : saved (std::move (document))
    , file (suggestion.empty() ? std::filesystem::path ("Untitled").concat (project::projectExtension)
                               : std::move (suggestion))
{}

Result<DocumentFile::Opened> DocumentFile::open (const std::filesystem::path& path)
{
    const auto bytes = project::readBytes (path);
    if (! bytes)
        return tl::unexpected (bytes.error());
    auto content = project::parse (*bytes, path.string());
    if (! content)
        return tl::unexpected (content.error());
    DocumentFile opened (content->document, withWholePath (path));
    opened.hash = hashOf (*bytes);
    opened.isSaved = true;
    opened.hasAudio = content->audio != nullptr;
    return Opened { std::move (opened), std::move (*content) };
}

DocumentFile DocumentFile::recovered (const std::filesystem::path& path, std::string content)
{
    DocumentFile file (nullptr, path);
    file.isSaved = ! path.empty();
    file.hash = std::move (content);
    return file;
}

Result<void> DocumentFile::save (const project::Content& content, Changed changed)
{
    const auto isChanged = changed == Changed::Refuse ? isChangedOnDisk() : false;
    if (! isChanged)
        return tl::unexpected (isChanged.error());
    if (*isChanged)
        return tl::unexpected (Error { ErrorCode::Conflict,
                                       "was changed by another program or window since it was opened here",
                                       file.string() });
    return saveAs (file, content);
}

Result<void> DocumentFile::saveAs (const std::filesystem::path& path, const project::Content& content)
{
    const auto text = project::fileText (path, content);
    if (! text)
        return tl::unexpected (text.error());
    if (auto written = project::writeBytes (path, *text, project::Existing::Replace); ! written)
        return written;
    file = withWholePath (path);
    saved = content.document;
    hasAudio = content.audio != nullptr;
    hash = hashOf (*text);
    isSaved = true;
    return {};
}

bool DocumentFile::isModified (const project::Document& now) const
{
    if (saved == nullptr)
        return true;
    return ! (whatWasDone (*saved) == whatWasDone (now));
}

Result<bool> DocumentFile::isChangedOnDisk() const
{
    const auto bytes = project::readBytes (file);
    if (bytes)
        return hashOf (*bytes) != hash;
    if (bytes.error().code == ErrorCode::NotFound)
        return false; // nothing there that could be lost
    return tl::unexpected (bytes.error());
}
} // namespace tableread::plugin
