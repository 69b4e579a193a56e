// SPDX-License-Identifier: Apache-2.0
#include "Audio/Format.h"

#include <algorithm>
#include <array>
#include <string>

namespace tableread
{
namespace
{
struct Ending
{
    Container container;
    const char* text;
};
constexpr std::array endings { Ending { Container::Wav, ".wav" }, Ending { Container::Flac, ".flac" },
                               Ending { Container::Ogg, ".ogg" }, Ending { Container::Opus, ".opus" },
                               Ending { Container::Mp3, ".mp3" } };

std::string lowerCase (std::string text)
{
    for (auto& letter : text)
        if (letter >= 'A' && letter <= 'Z')
            letter = (char) (letter - 'A' + 'a');
    return text;
}

bool isPipeOrDevice (const std::filesystem::path& file)
{
    std::error_code ignored;
    const auto status = std::filesystem::status (file, ignored);
    return std::filesystem::exists (status) && ! std::filesystem::is_regular_file (status);
}
} // namespace

Result<AudioFormat> formatOf (const std::filesystem::path& file, SampleType samples,
                              std::int64_t sampleRateHz)
{
    const auto extension = lowerCase (file.extension().string());
    const auto found = std::find_if (endings.begin(), endings.end(),
                                     [&] (const auto& each) { return extension == each.text; });
    const auto refused = [&] (std::string why) {
        return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (why), file.string() });
    };
    if (found == endings.end() && isPipeOrDevice (file))
        return AudioFormat { Container::Wav, samples };
    if (found == endings.end())
        return refused ((extension.empty() ? std::string ("the name has no ending")
                                           : "\"" + file.extension().string() + "\" is not a known format") +
                        ". Give a name that ends in .wav, .flac, .ogg, .opus or .mp3.");
    if (samples == SampleType::Float32 && found->container != Container::Wav)
        return refused (std::string (found->text + 1) + " files have no floats. Use .wav, or --format s16.");
    if (! hasRate (found->container, sampleRateHz))
        return refused (std::string (found->text + 1) + " files cannot have " +
                        std::to_string (sampleRateHz) +
                        " samples a second. Choose 48000, or a name that ends in .wav.");
    return AudioFormat { found->container, samples };
}

/** What libsndfile 1.2 takes and does not refuse later, while it writes. */
bool hasRate (Container container, std::int64_t sampleRateHz)
{
    constexpr std::array ofOpus { 8'000, 12'000, 16'000, 24'000, 48'000 };
    constexpr std::array ofMp3 { 8'000, 11'025, 12'000, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000 };
    switch (container)
    {
        case Container::Flac:
            return sampleRateHz <= 655'350 && (sampleRateHz <= 65'535 || sampleRateHz % 10 == 0);
        case Container::Ogg:
            return sampleRateHz <= 200'000;
        case Container::Opus:
            return std::ranges::find (ofOpus, sampleRateHz) != ofOpus.end();
        case Container::Mp3:
            return std::ranges::find (ofMp3, sampleRateHz) != ofMp3.end();
        case Container::Wav:
            break;
    }
    return true;
}

const char* extensionOf (Container container)
{
    return std::find_if (endings.begin(), endings.end(),
                         [&] (const auto& each) { return each.container == container; })
        ->text;
}
} // namespace tableread
