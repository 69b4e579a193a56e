// SPDX-License-Identifier: Apache-2.0
// Input: a whole safetensors file. What is accepted must be a tiling of its data by tensors with different names, and each
// of them has one role: used by the model, a scale, or unused.
#include <algorithm>
#include <set>
#include <vector>

#include "Checkpoint/Safetensors/Header.h"
#include "Checkpoint/Scales.h"
#include "Checkpoint/TensorNames.h"
#include "Checkpoint/TensorRoles.h"
#include "Fuzz/FuzzChecks.h"

using namespace tableread::engine;
using tableread::test::mustHold;

namespace
{
void checkTiling (const SafetensorsHeader& header, std::size_t fileSize)
{
    std::set<std::string> names;
    auto at = header.dataStart;
    for (const auto& entry : header.entries)
    {
        mustHold (names.insert (entry.name).second, "names differ");
        auto bytes = static_cast<std::uint64_t> (bytesPerElement (entry.dtype));
        for (const auto extent : entry.shape)
            bytes *=
                static_cast<std::uint64_t> (extent); // cannot wrap: the header's reader would have refused it
        if (entry.dtype == DType::Other)
            bytes = entry.end - entry.begin; // unknown, so any number
        mustHold (header.dataStart + entry.begin == at, "no hole and no overlap");
        at += bytes;
        mustHold (header.dataStart + entry.end == at, "as many bytes as the shape needs");
    }
    mustHold (at == fileSize, "the tensors end where the file ends");
}

bool isUsed (std::string_view name)
{
    return name.ends_with ("weight");
}

void checkRoles (const SafetensorsHeader& header)
{
    std::vector<FoundTensor> found;
    for (const auto& entry : header.entries)
        found.push_back (
            { officialTensorName (entry.name), entry.dtype, entry.otherType, entry.shape, "fuzz" });
    std::ranges::sort (found, {}, &FoundTensor::name);
    if (std::ranges::adjacent_find (found, {}, &FoundTensor::name) != found.end())
        return; // one tensor in both layouts, which a checkpoint refuses before
    TensorRoles roles;
    if (! tableread::test::acceptsOrRefuses ([&] { roles = findRoles (found, isUsed); }))
        return;
    const auto byName = [&] (const std::string& name) -> const FoundTensor& {
        return *std::ranges::find (found, name, &FoundTensor::name);
    };
    std::set<std::string> scales;
    for (const auto& [name, scale] : roles.scales)
    {
        mustHold (scales.insert (scale).second && ! isUsed (scale),
                  "a scale is one tensor's, and nothing else");
        const auto& of = byName (name);
        const auto dimension = outputDimension (name);
        mustHold (of.shape.size() > dimension, "a scaled tensor has outputs");
        mustHold (isScaleShape (byName (scale).shape, of.shape, dimension),
                  "one number, or one for each output");
    }
    for (const auto& tensor : found)
    {
        const bool isUnused = std::ranges::binary_search (roles.unused, tensor.name);
        mustHold (! (isUnused && (isUsed (tensor.name) || scales.contains (tensor.name))),
                  "one role for each");
        mustHold (! (isUsed (tensor.name) && tensor.dtype == DType::Other), "what is used has a known type");
        mustHold (! (isUsed (tensor.name) && tensor.dtype == DType::Int8) ||
                      roles.scales.contains (tensor.name),
                  "what is used in int8 has a scale");
    }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    SafetensorsHeader header;
    const auto read = [&] {
        header = SafetensorsHeader::parse (std::as_bytes (std::span (data, size)), "fuzz");
    };
    if (! tableread::test::acceptsOrRefuses (read))
        return 0;
    checkTiling (header, size);
    checkRoles (header);
    for (const auto& entry : header.entries)
    {
        const auto official = officialTensorName (entry.name);
        mustHold (officialTensorName (official) == official, "an official name stays as it is");
        // A name of neither layout may become a name of one on the way; after that it must not change.
        const auto back = officialTensorName (convertedTensorName (official));
        mustHold (officialTensorName (convertedTensorName (back)) == back, "names survive the way and back");
    }
    return 0;
}
