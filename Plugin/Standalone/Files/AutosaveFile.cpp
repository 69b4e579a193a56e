// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/AutosaveFile.h"

#include "Core/Base64.h"
#include "Core/ContentHash.h"
#include "Core/JsonFields.h"

namespace tableread::plugin
{
namespace
{
constexpr const char* pathField = "file"; // in base64: a path may hold any bytes
constexpr const char* hashField = "content";
} // namespace

std::string autosaveHead (const Autosaved& autosaved)
{
    const nlohmann::json head { { pathField, toBase64 (autosaved.file.string()) },
                                { hashField, autosaved.contentHash } };
    return head.dump() + '\n';
}

Autosaved readAutosaveHead (std::string_view line)
{
    try
    {
        const auto json = parseJson (line, "an autosave");
        if (! json.is_object())
            return {};
        const JsonFields head (json, {});
        const auto path = fromBase64 (head.text (pathField));
        const auto hash = head.text (hashField);
        if (path && path->find ('\0') == std::string::npos && (hash.empty() || isContentHash (hash)))
            return { .file = *path, .contentHash = hash };
    }
    catch (const Exception&)
    {
        // The project behind it may be whole all the same.
    }
    return {};
}

std::filesystem::path lockOf (std::filesystem::path autosave)
{
    return autosave.replace_extension (".lock");
}
} // namespace tableread::plugin
