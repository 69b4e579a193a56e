// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <optional>
#include <string_view>

#include "Voice/Recording.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostSentences = 16, mostLetters = 40'000;
constexpr std::uint64_t mostSamplesRead = 15'000'000; // ten minutes are 14.4 million

void append (std::string& bytes, std::uint64_t number)
{
    bytes.append ((const char*) &number, sizeof number);
}

void append (std::string& bytes, const std::string& text)
{
    append (bytes, text.size());
    bytes += text;
}

/** Takes values from the front of the bytes; the first one that is missing makes the rest empty. */
class Cursor
{
public:
    explicit Cursor (std::string_view bytes) : rest (bytes) {}

    std::uint64_t number (std::uint64_t most)
    {
        std::uint64_t value = 0;
        const auto bytes = take (sizeof value);
        if (good)
            std::memcpy (&value, bytes.data(), sizeof value);
        good = good && value <= most;
        return good ? value : 0;
    }

    std::string_view take (std::size_t count)
    {
        good = good && count <= rest.size();
        const auto taken = good ? rest.substr (0, count) : std::string_view();
        rest.remove_prefix (taken.size());
        return taken;
    }

    std::string text() { return std::string (take ((std::size_t) number (mostLetters))); }

    bool isGoodEnd() const { return good && rest.empty(); }

private:
    std::string_view rest;
    bool good = true;
};
} // namespace

std::string toBytes (const Result<Recording>& recording)
{
    std::string bytes;
    append (bytes, (std::uint64_t) recording.has_value());
    if (! recording)
    {
        append (bytes, (std::uint64_t) recording.error().code);
        append (bytes, recording.error().message);
        return bytes;
    }
    append (bytes, recording->notes.size());
    for (const auto& note : recording->notes)
        append (bytes, note);
    append (bytes, recording->samples.size());
    bytes.append ((const char*) recording->samples.data(), recording->samples.size() * sizeof (float));
    return bytes;
}

Result<Recording> fromBytes (std::string_view bytes)
{
    const auto damaged = [] { return tl::unexpected (Error { ErrorCode::Internal, {}, {} }); };
    Cursor cursor (bytes);
    if (cursor.number (1) == 0)
    {
        const auto code = (ErrorCode) cursor.number ((std::uint64_t) ErrorCode::Internal);
        Error error { code, cursor.text(), {} };
        if (! cursor.isGoodEnd() || error.message.empty())
            return damaged();
        return tl::unexpected (std::move (error));
    }
    Recording recording;
    for (auto left = cursor.number (mostSentences); left > 0; --left)
        recording.notes.push_back (cursor.text());
    const auto samples = (std::size_t) cursor.number (mostSamplesRead);
    const auto sound = cursor.take (samples * sizeof (float));
    if (! cursor.isGoodEnd())
        return damaged();
    recording.samples.resize (samples);
    if (samples > 0)
        std::memcpy (recording.samples.data(), sound.data(), sound.size());
    return recording;
}
} // namespace tableread
