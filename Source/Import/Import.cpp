// SPDX-License-Identifier: Apache-2.0
#include "Import/Import.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>

#include "Import/Format.h"

namespace tableread
{
namespace
{
/** One byte more than parseScript() accepts, at most: a larger file, or a device, is refused. */
Result<std::string> textOf (std::istream& stream)
{
    std::string text (mostScriptBytes + 1, '\0');
    errno = 0;
    stream.read (text.data(), (std::streamsize) text.size());
    if (stream.bad() || (&stream == &std::cin && std::ferror (stdin) != 0)) // cin itself only ends
        return tl::unexpected (
            Error { codeOfSystemError (errno),
                    std::string ("cannot be read: ") + std::strerror (errno) + ". Give a text file.",
                    {} });
    text.resize ((std::size_t) stream.gcount());
    return text;
}
} // namespace

Result<Script> importScript (std::string_view utf8, const ImportOptions& options)
{
    if (const auto format = options.asText ? ScriptFormat::Text : recogniseFormat (utf8);
        format != ScriptFormat::Text)
        return tl::unexpected (
            Error { ErrorCode::Unsupported,
                    std::string ("this looks like ") + nameOf (format) +
                        ", which cannot be read yet. Write lines such as \"Anna: Hello.\"" +
                        (options.textOption.empty()
                             ? std::string()
                             : ", or give " + options.textOption + " if it is a plain script."),
                    {} });
    return parseScript (utf8, options.rules);
}

Result<std::string> readScriptText (const std::filesystem::path& file)
{
    const auto refuse = [&] (ErrorCode code, const char* message) {
        return tl::unexpected (Error { code, message, file.string() });
    };

    std::error_code ignored;
    if (! std::filesystem::exists (file, ignored))
        return refuse (ErrorCode::NotFound, "does not exist. Check the path.");
    if (std::filesystem::is_directory (file, ignored))
        return refuse (ErrorCode::InvalidInput, "is a folder. Give a text file.");

    std::ifstream stream (file, std::ios::binary);
    if (! stream)
        return refuse (ErrorCode::InvalidInput, "cannot be read. Check its permissions.");
    auto text = textOf (stream);
    if (! text)
        text.error().where = file.string();
    return text;
}

Result<Script> readScript (const std::filesystem::path& file, const ImportOptions& options)
{
    const auto text = readScriptText (file);
    if (! text)
        return tl::unexpected (text.error());
    auto script = importScript (*text, options);
    if (! script)
        script.error().where = file.string();
    return script;
}

Result<Script> readScript (std::istream& stream, const ImportOptions& options)
{
    const auto text = textOf (stream);
    if (! text)
        return tl::unexpected (text.error());
    return importScript (*text, options);
}
} // namespace tableread
