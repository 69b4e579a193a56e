// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/HeaderReader.h"

#include <limits>
#include <optional>
#include <unordered_set>

#include "Checkpoint/Safetensors/JsonText.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t maxRank = 8;

std::optional<DType> dtypeNamed (std::string_view name)
{
    for (const auto type :
         { DType::Float32, DType::Float16, DType::BFloat16, DType::Float8E4M3, DType::Int8, DType::Int64 })
        if (nameOf (type) == name)
            return type;
    return std::nullopt;
}

/** Builds the entries while the JSON is parsed. With a tree, a small header could take hundreds of megabytes, and
    all but the last of several equal keys would be lost. */
class HeaderReader : public nlohmann::json_sax<nlohmann::json>
{
public:
    HeaderReader (const std::string& fileName, std::uint64_t headerBytes)
        : file (fileName)
        , bytes (headerBytes)
    {}

    std::vector<SafetensorsEntry> entries;
    std::string layerFormats;

    bool key (string_t& name) override
    {
        if (depth == 1)
            beginEntry (name);
        else if (depth == 2 && ! skipping)
            beginField (name);
        isLayerFormats = skipping && depth == 2 && name == "_quantization_metadata";
        return true;
    }

    bool start_object (std::size_t) override
    {
        if (! skipping && field != Field::Other)
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
        if (isLayerFormats && depth == 2)
            layerFormats = value;
        if (skipping || field == Field::Other)
            return true;
        if (depth != 2 || field != Field::Type)
            refuseField();
        const auto type = dtypeNamed (value);
        entries.back().dtype = type.value_or (DType::Other);
        if (! type)
            entries.back().otherType = value;
        return true;
    }

    bool null() override { return unexpected(); }
    bool boolean (bool) override { return unexpected(); }
    bool number_integer (number_integer_t) override { return unexpected(); } // negative numbers only
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
    bool skipping = false, isLayerFormats = false, seenType = false, seenShape = false, seenOffsets = false;
    int offsets = 0;
    Field field = Field::Other;
};
} // namespace

SafetensorsHeader readSafetensorsHeader (std::string_view json, const std::string& where)
{
    HeaderReader reader (where, json.size());
    nlohmann::json::sax_parse (json.begin(), json.end(), &reader);
    return { 0, std::move (reader.entries), std::move (reader.layerFormats) };
}
} // namespace tableread::engine
