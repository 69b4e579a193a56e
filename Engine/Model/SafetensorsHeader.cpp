// SPDX-License-Identifier: Apache-2.0
#include "Model/SafetensorsHeader.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "Core/Error.h"
#include "Model/JsonText.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t maxRank = 8;
constexpr std::uint64_t lengthBytes = 8;

std::optional<DType> dtypeNamed (std::string_view name)
{
    for (const auto type :
         { DType::Float32, DType::Float16, DType::BFloat16, DType::Float8E4M3, DType::Int8, DType::Int64 })
        if (nameOf (type) == name)
            return type;
    return std::nullopt;
}

/** Builds the entries as the JSON goes by. A tree of it would let a small header take hundreds of megabytes, and
    would have lost all but the last of several equal keys. */
class HeaderReader : public nlohmann::json_sax<nlohmann::json>
{
public:
    HeaderReader (const std::string& fileName, std::uint64_t headerBytes)
        : file (fileName)
        , bytes (headerBytes)
    {}

    std::vector<SafetensorsEntry> entries;

    bool key (string_t& name) override
    {
        if (depth == 1)
            beginEntry (name);
        else if (depth == 2 && ! skipping)
            beginField (name);
        return true;
    }

    bool start_object (std::size_t) override
    {
        if (! skipping && (depth == 2 || depth == 3) && field != Field::Other)
            refuseField();
        ++depth;
        return true;
    }

    bool end_object() override
    {
        if (--depth == 1)
            endEntry();
        return true;
    }

    bool start_array (std::size_t) override
    {
        if (depth < 2)
            notATensor();
        if (! skipping && field != Field::Other && (depth != 2 || field == Field::Type))
            refuseField();
        ++depth;
        return true;
    }

    bool end_array() override
    {
        --depth;
        return true;
    }

    bool number_unsigned (number_unsigned_t value) override
    {
        if (depth < 2)
            notATensor();
        if (skipping || field == Field::Other)
            return true;
        if (depth != 3)
            refuseField();
        if (field == Field::Shape)
        {
            if (value > static_cast<std::uint64_t> (std::numeric_limits<std::int64_t>::max()) ||
                entries.back().shape.size() == maxRank)
                refuseField();
            entries.back().shape.push_back (static_cast<std::int64_t> (value));
        }
        else
        {
            if (offsets == 2)
                refuseField();
            (offsets++ == 0 ? entries.back().begin : entries.back().end) = value;
        }
        return true;
    }

    bool string (string_t& value) override
    {
        if (depth < 2)
            notATensor();
        if (skipping || field == Field::Other)
            return true;
        if (depth != 2 || field != Field::Type)
            refuseField();
        const auto type = dtypeNamed (value);
        if (! type)
            fail (
                ErrorCode::Unsupported,
                "tensor " + inQuotes (entries.back().name) + " is of type " + inQuotes (value) +
                    "; F32, F16, BF16, F8_E4M3, I8 and I64 are known. Convert the checkpoint to one of them.",
                file);
        entries.back().dtype = *type;
        return true;
    }

    bool null() override { return unexpected(); }
    bool boolean (bool) override { return unexpected(); }
    bool number_integer (number_integer_t) override { return unexpected(); } // only negative ones arrive here
    bool number_float (number_float_t, const string_t&) override { return unexpected(); }
    bool binary (binary_t&) override { return unexpected(); }

    bool parse_error (std::size_t position, const std::string&, const nlohmann::json::exception&) override
    {
        fail (ErrorCode::InvalidInput,
              "its header is not valid JSON: it goes wrong at byte " + std::to_string (position) + " of " +
                  std::to_string (bytes) + ". The file is damaged or not safetensors; fetch it again.",
              file);
    }

private:
    enum class Field
    {
        Type,
        Shape,
        Offsets,
        Other
    };

    void beginEntry (const std::string& name)
    {
        if (! names.insert (name).second)
            fail (ErrorCode::InvalidInput,
                  "its header names " + inQuotes (name) + " twice. Fetch the file again.", file);
        skipping = name == "__metadata__";
        seenType = seenShape = seenOffsets = false;
        offsets = 0;
        field = Field::Other;
        if (skipping)
            return;
        if (entries.size() == SafetensorsHeader::maxTensors)
            fail (ErrorCode::InvalidInput,
                  "its header names more than " + std::to_string (SafetensorsHeader::maxTensors) +
                      " tensors; VibeVoice has about 1200. This is not a checkpoint of it.",
                  file);
        entries.emplace_back().name = name;
    }

    void beginField (const std::string& name)
    {
        field = name == "dtype"          ? Field::Type
                : name == "shape"        ? Field::Shape
                : name == "data_offsets" ? Field::Offsets
                                         : Field::Other;
        if (field == Field::Other)
            return;
        auto& seen = field == Field::Type ? seenType : field == Field::Shape ? seenShape : seenOffsets;
        if (seen)
            refuseField();
        seen = true;
    }

    void endEntry()
    {
        if (! skipping && ! (seenType && seenShape && seenOffsets && offsets == 2))
            fail (ErrorCode::InvalidInput,
                  "tensor " + inQuotes (entries.back().name) +
                      " lacks its dtype, shape or data_offsets. Fetch the file again.",
                  file);
    }

    bool unexpected()
    {
        if (depth < 2)
            notATensor();
        if (! skipping && field != Field::Other)
            refuseField();
        return true;
    }

    [[noreturn]] void notATensor() const
    {
        fail (ErrorCode::InvalidInput,
              "its header is not an object that describes tensors. Fetch the file again.", file);
    }

    [[noreturn]] void refuseField() const
    {
        const auto* const wanted = field == Field::Type    ? "dtype: one text"
                                   : field == Field::Shape ? "shape: one list of at most 8 whole numbers"
                                                           : "data_offsets: one list of 2 whole numbers";
        fail (ErrorCode::InvalidInput,
              "tensor " + inQuotes (entries.back().name) + " needs a " + wanted +
                  ", its header has something else. Fetch the file again.",
              file);
    }

    const std::string& file;
    std::uint64_t bytes;
    std::unordered_set<std::string> names;
    std::size_t depth = 0;
    bool skipping = false, seenType = false, seenShape = false, seenOffsets = false;
    int offsets = 0;
    Field field = Field::Other;
};

/** Bytes of a tensor, or nothing if that is more than 64 bits hold. */
std::optional<std::uint64_t> bytesOf (const SafetensorsEntry& entry)
{
    auto bytes = static_cast<std::uint64_t> (bytesPerElement (entry.dtype));
    for (const auto extent : entry.shape)
        if (__builtin_mul_overflow (bytes, static_cast<std::uint64_t> (extent), &bytes))
            return std::nullopt;
    return bytes;
}

void checkEntry (const SafetensorsEntry& entry, std::uint64_t dataBytes, const std::string& where)
{
    const auto subject = "tensor " + inQuotes (entry.name);
    if (entry.begin > entry.end)
        fail (ErrorCode::InvalidInput,
              subject + " ends at byte " + std::to_string (entry.end) + " of the data, before its begin at " +
                  std::to_string (entry.begin) + ". Fetch the file again.",
              where);
    if (entry.end > dataBytes)
        fail (ErrorCode::InvalidInput,
              subject + " ends at byte " + std::to_string (entry.end) +
                  " of the data, of which the file has " + std::to_string (dataBytes) +
                  ": it is truncated or damaged. Fetch it again.",
              where);
    const auto wanted = bytesOf (entry);
    if (! wanted)
        fail (ErrorCode::InvalidInput,
              subject + " has a shape of more bytes than can be counted. Fetch the file again.", where);
    if (*wanted != entry.end - entry.begin)
        fail (ErrorCode::InvalidInput,
              subject + " has " + std::to_string (entry.end - entry.begin) + " bytes, its shape and type " +
                  std::string (nameOf (entry.dtype)) + " need " + std::to_string (*wanted) +
                  ". Fetch the file again.",
              where);
}

/** The data belongs to the tensors to the last byte, each byte to one. */
void checkTiling (const std::vector<SafetensorsEntry>& entries, std::uint64_t dataBytes,
                  const std::string& where)
{
    std::uint64_t at = 0;
    std::string before = "the start of the data";
    for (const auto& entry : entries)
    {
        if (entry.begin != at)
            fail (ErrorCode::InvalidInput,
                  "tensor " + inQuotes (entry.name) +
                      (entry.begin < at ? " overlaps " : " leaves a hole behind ") + before + " (byte " +
                      std::to_string (entry.begin) + ", expected " + std::to_string (at) +
                      "). Fetch the file again.",
                  where);
        at = entry.end;
        before = inQuotes (entry.name);
    }
    if (at != dataBytes)
        fail (ErrorCode::InvalidInput,
              "has " + std::to_string (dataBytes - at) +
                  " bytes behind its last tensor that belong to none. " + "Fetch the file again.",
              where);
}
} // namespace

SafetensorsHeader SafetensorsHeader::parse (std::span<const std::byte> file, const std::string& where)
{
    if (file.size() < lengthBytes)
        fail (ErrorCode::InvalidInput,
              "is " + std::to_string (file.size()) +
                  " bytes long, too short for a safetensors file. Fetch it again.",
              where);
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i)
        length |= std::to_integer<std::uint64_t> (file[i]) << (8 * i);
    const auto available = file.size() - lengthBytes;
    if (length > maxBytes)
        fail (ErrorCode::InvalidInput,
              "claims a header of " + std::to_string (length) + " bytes, at most " +
                  std::to_string (maxBytes) +
                  " are allowed. Is this a safetensors file? A Git LFS pointer or a web page is not.",
              where);
    if (length > available)
        fail (ErrorCode::InvalidInput,
              "claims a header of " + std::to_string (length) + " bytes, but only " +
                  std::to_string (available) + " follow: it is truncated. Fetch it again.",
              where);

    const std::string_view text (reinterpret_cast<const char*> (file.data()) + lengthBytes,
                                 static_cast<std::size_t> (length));
    HeaderReader reader (where, length);
    if (text.empty() || text.front() != '{')
        fail (ErrorCode::InvalidInput, "its header does not begin with {. Is this a safetensors file?",
              where);
    nlohmann::json::sax_parse (text.begin(), text.end(), &reader);

    SafetensorsHeader header;
    header.dataStart = lengthBytes + length;
    header.entries = std::move (reader.entries);
    const auto dataBytes = available - length;
    for (const auto& entry : header.entries)
        checkEntry (entry, dataBytes, where);
    std::sort (header.entries.begin(), header.entries.end(), [] (const auto& a, const auto& b) {
        return std::pair (a.begin, a.end) < std::pair (b.begin, b.end);
    });
    checkTiling (header.entries, dataBytes, where);
    return header;
}
} // namespace tableread::engine
