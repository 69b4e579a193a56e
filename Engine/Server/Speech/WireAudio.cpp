// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/WireAudio.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tableread::engine
{
namespace
{
template <int bytes>
void appendLittleEndian (std::string& out, std::uint32_t value)
{
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char> (value >> (8 * i) & 0xffu);
}
} // namespace

void appendSamples (std::string& bytes, std::span<const float> samples, protocol::SampleFormat format)
{
    constexpr float fullScale = 32767.0f;
    for (const float sample : samples)
        if (format == protocol::SampleFormat::Float32)
            appendLittleEndian<4> (bytes, std::bit_cast<std::uint32_t> (sample));
        else
        {
            const float audible = std::isnan (sample) ? 0.0f : std::clamp (sample, -1.0f, 1.0f);
            appendLittleEndian<2> (bytes, static_cast<std::uint32_t> (std::lround (audible * fullScale)));
        }
}
} // namespace tableread::engine
