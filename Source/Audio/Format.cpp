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
} // namespace

Result<AudioFormat> formatOf (const std::filesystem::path& file, SampleType samples)
{
    std::error_code ignored;
    const auto status = std::filesystem::status (file, ignored);
    if (std::filesystem::exists (status) && ! std::filesystem::is_regular_file (status))
        return AudioFormat { Container::Wav, samples };

    const auto extension = lowerCase (file.extension().string());
    const auto found = std::find_if (endings.begin(), endings.end(),
                                     [&] (const auto& each) { return extension == each.text; });
    const auto refused = [&] (std::string why) {
        return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (why), file.string() });
    };
    if (found == endings.end())
        return refused ((extension.empty() ? std::string ("the name has no ending")
                                           : "\"" + file.extension().string() + "\" is not a known format") +
                        ". Give a name that ends in .wav, .flac, .ogg, .opus or .mp3.");
    if (samples == SampleType::Float32 && found->container != Container::Wav)
        return refused (std::string (found->text + 1) + " files have no floats. Use .wav, or --format s16.");
    return AudioFormat { found->container, samples };
}

const char* extensionOf (Container container)
{
    return std::find_if (endings.begin(), endings.end(),
                         [&] (const auto& each) { return each.container == container; })
        ->text;
}
} // namespace tableread
