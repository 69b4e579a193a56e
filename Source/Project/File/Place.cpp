// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Place.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <utility>

#include "Audio/OutputFile.h"
#include "Core/Disk/Bytes.h"

namespace tableread::project
{
namespace
{
tl::unexpected<Error> notReadable (const std::filesystem::path& file, int number, const std::string& why)
{
    return tl::unexpected (
        Error { codeOfSystemError (number), "cannot be read: " + why + ". Check the path.", file.string() });
}

Error taken (const std::filesystem::path& file)
{
    return { ErrorCode::Conflict, "is there already. Choose another name.", file.string() };
}
} // namespace

Result<void> checkName (const std::filesystem::path& file)
{
    auto extension = file.extension().string();
    std::transform (extension.begin(), extension.end(), extension.begin(),
                    [] (char c) { return c >= 'A' && c <= 'Z' ? static_cast<char> (c - 'A' + 'a') : c; });
    if (extension == projectExtension)
        return {};
    return tl::unexpected (
        Error { ErrorCode::InvalidInput,
                std::string ("is no name for a project. Give one that ends in ") + projectExtension + '.',
                file.string() });
}

bool isProject (const std::filesystem::path& file)
{
    if (checkName (file))
        return true;
    std::error_code ignored;
    if (! std::filesystem::is_regular_file (file, ignored))
        return false;
    std::string head (256, '\0');
    std::ifstream stream (file, std::ios::binary);
    stream.read (head.data(), static_cast<std::streamsize> (head.size()));
    head.resize (static_cast<std::size_t> (stream.gcount()));
    return isProjectText (head);
}

Result<std::string> readBytes (const std::filesystem::path& file)
{
    auto bytes = tableread::readBytes (file, mostFileBytes);
    if (bytes)
        return std::move (*bytes);
    switch (bytes.error())
    {
        case EINVAL:
            return notReadable (file, EISDIR, "it is not a file");
        case EFBIG:
            return notReadable (file, EINVAL, std::strerror (EFBIG));
        default:
            return notReadable (file, bytes.error(), std::strerror (bytes.error()));
    }
}

Result<void> writeBytes (const std::filesystem::path& file, const std::string& bytes, Existing existing)
{
    std::error_code ignored;
    if (existing == Existing::Refuse && std::filesystem::exists (file, ignored))
        return tl::unexpected (taken (file));
    auto opened = OutputFile::open (file);
    if (! opened)
        return tl::unexpected (opened.error());
    if (const int number = tableread::writeBytes (opened->descriptor(), std::as_bytes (std::span (bytes)));
        number != 0)
        return tl::unexpected (cannotWrite (file, number, std::strerror (number)));
    if (existing == Existing::Replace)
        return opened->complete();
    auto completed = opened->completeNew();
    if (! completed && std::filesystem::exists (file, ignored)) // somebody was faster
        return tl::unexpected (taken (file));
    return completed;
}

Result<Content> readProject (const std::filesystem::path& file)
{
    const auto bytes = readBytes (file);
    if (! bytes)
        return tl::unexpected (bytes.error());
    return parse (*bytes, file.string());
}

Result<std::string> fileText (const std::filesystem::path& file, const Content& content)
{
    auto placed = content;
    std::error_code ignored;
    placed.document =
        withRelativePaths (content.document, std::filesystem::absolute (file, ignored).parent_path());
    auto text = toText (placed);
    if (text.size() > mostFileBytes)
        return tl::unexpected (Error { ErrorCode::OutOfRange,
                                       "would have " + std::to_string (text.size()) + " bytes, at most " +
                                           std::to_string (mostFileBytes) +
                                           " are possible. Leave the audio out, or divide the project.",
                                       file.string() });
    return text;
}

Result<void> writeProject (const std::filesystem::path& file, const Content& content, Existing existing)
{
    const auto text = fileText (file, content);
    if (! text)
        return tl::unexpected (text.error());
    return writeBytes (file, *text, existing);
}

std::filesystem::path relativeTo (const std::filesystem::path& folder, const std::filesystem::path& path)
{
    return path.is_absolute() && folder.is_absolute()
               ? path.lexically_normal().lexically_relative (folder.lexically_normal())
               : std::filesystem::path();
}

std::shared_ptr<const Document> withRelativePaths (const std::shared_ptr<const Document>& document,
                                                   const std::filesystem::path& folder)
{
    Document changed = *document;
    bool isChanged = false;
    for (auto& member : changed.cast)
    {
        auto copy = *member;
        for (auto& mood : copy.moods)
            mood.relative = relativeTo (folder, mood.voice.path);
        if (copy == *member)
            continue;
        member = std::make_shared<const Member> (std::move (copy));
        isChanged = true;
    }
    return isChanged ? std::make_shared<const Document> (std::move (changed)) : document;
}
} // namespace tableread::project
