// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/ReadFile.h"

#include <memory>
#include <utility>

#include "Import/Import.h"
#include "Project/Edit.h"
#include "Project/File/Place.h"

namespace tableread::plugin
{
namespace
{
/** That of a script, which is saved already: by itself. */
Result<DocumentFile::Opened> projectOf (const std::string& script, const std::filesystem::path& file)
{
    if (const auto read = importScript (script); ! read)
        return tl::unexpected (Error { read.error().code, read.error().message, file.string() });
    auto document = project::apply ({}, project::SetScript { script });
    if (! document)
        return tl::unexpected (document.error());
    const auto shared = std::make_shared<const project::Document> (std::move (*document));
    auto beside = file;
    beside.replace_extension (project::projectExtension);
    return DocumentFile::Opened { DocumentFile (shared, beside), { .document = shared } };
}
} // namespace

Result<DocumentFile::Opened> readFile (const std::filesystem::path& file)
{
    if (project::isProject (file))
        return DocumentFile::open (file);
    const auto text = readScriptText (file);
    return text ? projectOf (*text, file) : tl::unexpected (text.error());
}
} // namespace tableread::plugin
