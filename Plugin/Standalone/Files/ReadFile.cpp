// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/ReadFile.h"

#include <memory>
#include <utility>

#include "Import/Format.h"
#include "Import/Import.h"
#include "Project/Edit.h"
#include "Project/File/Place.h"
#include "Project/File/Voices.h"

namespace tableread::plugin
{
namespace
{
/** Why a file is no script; empty if it may be one. */
std::string whyNoScript (const std::string& bytes, const std::filesystem::path& file)
{
    constexpr std::size_t head = 4096;
    if (project::isSound (file))
        return "is a sound, not a script. To give somebody this voice, drop it on them in the cast.";
    if (bytes.substr (0, head).find ('\0') != std::string::npos)
        return "is not plain text, so it is neither a project nor a script. Save a script as text in UTF-8.";
    if (const auto format = recogniseFormat (bytes); format != ScriptFormat::Text)
        return std::string ("looks like ") + nameOf (format) +
               ", which cannot be read yet. Write lines such as \"Anna: Hello.\" into a text file.";
    return {};
}

/** That of a script, which is saved already: by itself. */
Result<DocumentFile::Opened> projectOf (const std::string& script, const std::filesystem::path& file)
{
    if (auto why = whyNoScript (script, file); ! why.empty())
        return tl::unexpected (Error { ErrorCode::Unsupported, std::move (why), file.string() });
    if (const auto read = importScript (script, { .asText = true }); ! read)
        return tl::unexpected (Error { read.error().code, read.error().message, file.string() });
    auto document = project::apply ({}, project::SetScript { script });
    if (! document)
        return tl::unexpected (document.error());
    const auto shared = std::make_shared<const project::Document> (std::move (*document));
    std::error_code none;
    auto beside = std::filesystem::absolute (file, none).lexically_normal();
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
