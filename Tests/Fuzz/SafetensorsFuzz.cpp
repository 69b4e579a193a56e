// SPDX-License-Identifier: Apache-2.0
// Input: a whole safetensors file. What is accepted must be a tiling of its data by tensors with unlike names.
#include <set>

#include "Checkpoint/Safetensors/Header.h"
#include "Checkpoint/TensorNames.h"
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
        std::uint64_t bytes = static_cast<std::uint64_t> (bytesPerElement (entry.dtype));
        for (const auto extent : entry.shape)
            bytes *=
                static_cast<std::uint64_t> (extent); // cannot wrap: the header's reader would have refused it
        mustHold (header.dataStart + entry.begin == at, "no hole and no overlap");
        at += bytes;
        mustHold (header.dataStart + entry.end == at, "as many bytes as the shape needs");
    }
    mustHold (at == fileSize, "the tensors end where the file ends");
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
    for (const auto& entry : header.entries)
    {
        const auto official = officialTensorName (entry.name);
        mustHold (officialTensorName (official) == official, "an official name stays as it is");
        // A name of neither layout may become one of them on the way; what comes back then stays.
        const auto back = officialTensorName (convertedTensorName (official));
        mustHold (officialTensorName (convertedTensorName (back)) == back, "names survive the way and back");
    }
    return 0;
}
