// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/JsonText.h"

#include <fstream>
#include <set>
#include <vector>

#include <unistd.h>

#include "Checkpoint/Safetensors/Links.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
/** Sees each key as it is parsed, since the finished object keeps only the last of two. */
class DuplicateKeys
{
public:
    explicit DuplicateKeys (const std::string& fileName) : file (fileName) {}

    bool operator() (int, nlohmann::json::parse_event_t event, nlohmann::json& parsed)
    {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start)
            open.emplace_back();
        else if (event == Event::object_end)
            open.pop_back();
        else if (event == Event::key && ! open.back().insert (parsed.get<std::string>()).second)
            fail (ErrorCode::InvalidInput,
                  "the key " + inQuotes (parsed.get<std::string>()) +
                      " stands twice in one object, so it is not clear which is meant. Delete one of them.",
                  file);
        return true;
    }

private:
    const std::string& file;
    std::vector<std::set<std::string>> open;
};
} // namespace

std::string readTextFile (const std::filesystem::path& path, std::uint64_t maxBytes)
{
    std::error_code problem;
    refuseDangling (path);
    if (! std::filesystem::exists (path, problem))
        fail (ErrorCode::NotFound, "there is no such file.", path.string());
    if (! std::filesystem::is_regular_file (path, problem))
        fail (ErrorCode::InvalidInput, "is not a regular file. Take the file that came with the checkpoint.",
              path.string());
    const auto size = std::filesystem::file_size (path, problem);
    if (problem)
        fail (codeOfSystemError (problem.value()), "cannot be read: " + problem.message() + ".",
              path.string());
    if (size > maxBytes)
        fail (ErrorCode::InvalidInput,
              "is " + std::to_string (size) + " bytes long, at most " + std::to_string (maxBytes) +
                  " are expected. Take the file that came with the checkpoint.",
              path.string());

    std::string text (static_cast<std::size_t> (size), '\0');
    std::ifstream stream (path, std::ios::binary);
    if (! stream.read (text.data(), static_cast<std::streamsize> (size)))
        fail (::access (path.c_str(), R_OK) == 0 ? ErrorCode::Io : ErrorCode::InvalidInput,
              "cannot be read. Check its permissions.", path.string());
    return text;
}

nlohmann::json parseJsonObject (std::string_view text, const std::string& where)
{
    using nlohmann::json;
    try
    {
        auto parsed = json::parse (text.begin(), text.end(), DuplicateKeys (where));
        if (! parsed.is_object())
            fail (ErrorCode::InvalidInput, "is JSON, but not an object in { }.", where);
        return parsed;
    }
    catch (const json::parse_error& error)
    {
        fail (ErrorCode::InvalidInput,
              "is not valid JSON: it breaks off or goes wrong at byte " + std::to_string (error.byte) +
                  " of " + std::to_string (text.size()) + ". Fetch the file again.",
              where);
    }
    catch (const json::exception&) // a number that does not fit a double
    {
        fail (ErrorCode::InvalidInput, "holds a number that is too large to be read.", where);
    }
}

std::string inQuotes (std::string_view name)
{
    constexpr std::size_t longest = 160;
    std::string out = "\"";
    for (const char c : name.substr (0, longest))
        out += (c >= 0x20 && c < 0x7f) ? c : '?';
    return out + (name.size() > longest ? "...\"" : "\"");
}
} // namespace tableread::engine
