// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Record.h"

#include <algorithm>
#include <limits>
#include <span>

#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Core/JsonFields.h"
#include "Passage/Names.h"
#include "Script/Characters.h"
#include "Script/Text.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

constexpr int formatVersion = 1;
constexpr std::string_view idBegin = "voice_";
constexpr std::size_t hashDigits = 32, keyDigits = 16;

tl::unexpected<Error> refused (std::string why)
{
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, std::move (why), {} });
}

VoiceRecord readRecord (std::string_view text)
{
    const auto json = parseJson (text, "the record of a voice");
    const JsonFields fields (json, {});
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto version = fields.integer ("format", 0, 1, most);
    if (version > formatVersion)
        fail (ErrorCode::Unsupported, "a newer engine has written it", "format");
    VoiceRecord record;
    record.name = fields.text ("name");
    record.consent = orThrow (usableConsent (fields.text ("consent")));
    record.hash = fields.text ("hash");
    record.bytes = fields.integer ("bytes", 0, 1, most);
    record.milliseconds = fields.integer ("milliseconds", 0, 0, most);
    record.createdAt = fields.integer ("created_at", 0, 0, most);
    if (orThrow (usableVoiceName (record.name)) != record.name)
        fail (ErrorCode::InvalidInput, "blanks around it", "name");
    if (! isContentHash (record.hash))
        fail (ErrorCode::InvalidInput, "is not a hash", "hash");
    if (version == 0 || record.bytes == 0)
        fail (ErrorCode::InvalidInput, "is missing", version == 0 ? "format" : "bytes");
    return record;
}
} // namespace

std::string VoiceRecord::id() const
{
    return std::string (idBegin) + keyOfVoiceName (name) + hash.substr (0, hashDigits - keyDigits);
}

Result<std::string> usableVoiceName (std::string_view name)
{
    const auto text = decodeUtf8 (name);
    if (! text)
        return refused ("a voice's name is not UTF-8");
    const auto inner = trimmed (*text);
    auto usable = encodeUtf8 (inner);
    if (usable.size() > maxVoiceNameBytes)
        return refused ("a voice's name has at most " + std::to_string (maxVoiceNameBytes) + " bytes, not " +
                        std::to_string (usable.size()));
    if (! hasLetterOrDigit (inner) || foldedName (usable).empty())
        return refused ("a voice's name has no letter or digit in it");
    const auto isControl = [] (char32_t c) { return c < 0x20 || c == 0x7f; };
    if (withoutInvisible (inner) != inner || std::any_of (inner.begin(), inner.end(), isControl))
        return refused ("a voice's name has characters that nobody sees");
    if (! keyOfVoiceId (usable).empty())
        return refused ("a voice's name may not look like an id");
    return usable;
}

Result<std::string> usableConsent (std::string_view consent)
{
    if (! decodeUtf8 (consent))
        return refused ("the consent is not UTF-8");
    if (consent.size() > maxConsentBytes)
        return refused ("the consent has at most " + std::to_string (maxConsentBytes) + " bytes, not " +
                        std::to_string (consent.size()));
    return std::string (consent);
}

std::string keyOfVoiceName (std::string_view name)
{
    const auto folded = foldedName (name);
    return hashOfBytes (std::as_bytes (std::span (folded))).substr (0, keyDigits);
}

std::string_view keyOfVoiceId (std::string_view id)
{
    if (! id.starts_with (idBegin) || ! isContentHash (id.substr (idBegin.size())))
        return {};
    return id.substr (idBegin.size(), keyDigits);
}

std::string toJson (const VoiceRecord& record)
{
    Json json = { { "format", formatVersion },
                  { "name", record.name },
                  { "hash", record.hash },
                  { "bytes", record.bytes },
                  { "milliseconds", record.milliseconds },
                  { "created_at", record.createdAt } };
    if (! record.consent.empty())
        json["consent"] = record.consent;
    return json.dump (2) + '\n';
}

Result<VoiceRecord> parseVoiceRecord (std::string_view json)
{
    try
    {
        return readRecord (json);
    }
    catch (const Exception& exception)
    {
        return tl::make_unexpected (exception.error);
    }
}
} // namespace tableread::engine
