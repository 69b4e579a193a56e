// SPDX-License-Identifier: Apache-2.0
#include "Offload/Fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Core/ByteSize.h"

namespace tableread::engine
{
namespace
{
using Kind = OffloadField::Kind;

constexpr int mostPassages = 16;
constexpr std::array fields {
    OffloadField { .name = "gpu_layers", .most = 100'000, .choosesLayers = true },
    OffloadField { .name = "preset", .kind = Kind::Word, .choosesLayers = true },
    OffloadField { .name = "auto", .kind = Kind::Flag, .choosesLayers = true },
    OffloadField { .name = "no_offload", .kind = Kind::Flag, .choosesLayers = true },
    OffloadField { .name = "weights", .kind = Kind::Word, .worksOnCpu = true },
    OffloadField { .name = "vram", .kind = Kind::Memory },
    OffloadField { .name = "prefetch", .most = 64 },
    OffloadField { .name = "pin_memory", .kind = Kind::Flag },
    OffloadField { .name = "cache_trim_interval", .most = std::int64_t { 1 } << 40 },
    OffloadField { .name = "trim", .kind = Kind::Word },
    OffloadField { .name = "context", .least = 1, .most = 1 << 20 },
    OffloadField {
        .name = "passages", .kind = Kind::Passages, .least = 1, .most = mostPassages, .worksOnCpu = true },
};

std::optional<std::int64_t> wholeNumber (const std::string& text)
{
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars (text.data(), end, number);
    return error == std::errc() && stopped == end ? std::optional (number) : std::nullopt;
}

bool isWithin (const OffloadField& field, const std::string& text)
{
    const auto number = wholeNumber (text);
    return number && *number >= field.least && *number <= field.most;
}

std::string wrongWithWord (std::string_view name, const std::string& value)
{
    constexpr std::int64_t anyNumber = 28;
    if (name == "preset")
        return presetLayers (value, anyNumber)
                   ? std::string()
                   : fmt::format ("\"{}\" is not a preset; the presets are {}", value, presetNames());
    if (name == "weights")
        return value == "bf16" || weightsFormat (value) != WeightsFormat::AsComputed
                   ? std::string()
                   : fmt::format ("\"{}\" is not bf16, fp8 or int8", value);
    return value == "useful" || value == "always"
               ? std::string()
               : fmt::format ("\"{}\" is neither useful nor always", value);
}

/** `false` takes back the choice that it names, and leaves another one. */
void choose (OffloadRequest& request, OffloadRequest::Mode mode, bool isOn)
{
    if (isOn)
        request.mode = mode;
    else if (request.mode == mode)
        request.mode = OffloadRequest::Mode::Default;
}
} // namespace

std::span<const OffloadField> offloadFields()
{
    return fields;
}

const OffloadField* offloadField (std::string_view name)
{
    if (name == "cache_clear_interval")
        name = "cache_trim_interval";
    const auto found = std::ranges::find (fields, name, &OffloadField::name);
    return found == fields.end() ? nullptr : &*found;
}

std::string wrongWith (const OffloadField& field, const std::string& value)
{
    switch (field.kind)
    {
        case Kind::Number:
            return isWithin (field, value) ? std::string()
                                           : fmt::format ("\"{}\" is not a whole number from {} to {}", value,
                                                          field.least, field.most);
        case Kind::Memory:
            return parseBytes (value)
                       ? std::string()
                       : fmt::format (
                             "\"{}\" is not a memory size with its unit. Write 10GB, 9.5GiB or 800MB", value);
        case Kind::Word:
            return wrongWithWord (field.name, value);
        case Kind::Passages:
            return value == "auto" || isWithin (field, value)
                       ? std::string()
                       : fmt::format ("\"{}\" is not a number from {} to {}, or auto", value, field.least,
                                      field.most);
        case Kind::Flag:
            break;
    }
    return value == "true" || value == "false" ? std::string()
                                               : fmt::format ("\"{}\" is neither true nor false", value);
}

void set (OffloadRequest& request, const OffloadField& field, const std::string& value)
{
    using Mode = OffloadRequest::Mode;
    auto& settings = request.settings;
    const auto name = field.name;
    const auto number = wholeNumber (value).value_or (0);
    const bool isOn = value == "true";
    if (name == "gpu_layers")
    {
        request.mode = Mode::Layers;
        request.gpuLayers = number;
    }
    else if (name == "preset")
    {
        request.mode = Mode::Preset;
        request.preset = value;
    }
    else if (name == "auto")
        choose (request, Mode::Auto, isOn);
    else if (name == "no_offload")
        choose (request, Mode::None, isOn);
    else if (name == "weights")
        settings.weights = weightsFormat (value);
    else if (name == "vram")
        settings.deviceMemoryLimit = parseBytes (value).value_or (0);
    else if (name == "prefetch")
        settings.prefetch = static_cast<int> (number);
    else if (name == "pin_memory")
        settings.pinMemory = isOn;
    else if (name == "cache_trim_interval")
        settings.cacheTrimInterval = number;
    else if (name == "trim")
        settings.trim = value == "always" ? TrimPolicy::Always : TrimPolicy::Useful;
    else if (name == "context")
        settings.positions = number;
    else if (name == "passages")
        settings.passages = static_cast<int> (number); // 0 for auto
}

std::string withoutEffectOnCpu (std::span<const std::string> names)
{
    return fmt::format ("On a CPU all layers are resident: {} {} no effect.", fmt::join (names, ", "),
                        names.size() == 1 ? "has" : "have");
}

std::string presetNames()
{
    std::vector<std::string> names;
    names.reserve (offloadPresets().size());
    for (const auto& preset : offloadPresets())
        names.push_back (fmt::format ("{} {}", preset.name, preset.layersOf28));
    return fmt::format ("{}", fmt::join (names, ", "));
}

std::string withNamesOfFields (std::string sentence)
{
    for (const auto& field : fields)
    {
        std::string option = "--" + std::string (field.name);
        std::ranges::replace (option, '_', '-');
        for (auto at = sentence.find (option); at != std::string::npos; at = sentence.find (option, at))
            sentence.replace (at, option.size(), field.name);
    }
    return sentence;
}
} // namespace tableread::engine
