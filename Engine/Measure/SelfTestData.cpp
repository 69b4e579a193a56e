// SPDX-License-Identifier: Apache-2.0
#include "Measure/SelfTestData.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Checkpoint/Safetensors/JsonText.h"
#include "Measure/Json.h"

namespace tableread::engine
{
static_assert (std::endian::native == std::endian::little, "the stored latents are little-endian");

namespace
{
std::string bytesOf (const std::filesystem::path& file)
{
    constexpr std::uint64_t mostBytes = 1 << 24;
    if (std::error_code none; ! std::filesystem::exists (file, none))
        fail (ErrorCode::NotFound,
              "is not there. Install the program again, or make it with selftest --remake.", file.string());
    return readTextFile (file, mostBytes);
}

void writeFile (const std::filesystem::path& file, const std::string& bytes)
{
    std::ofstream out (file, std::ios::binary);
    out.write (bytes.data(), static_cast<std::streamsize> (bytes.size()));
    if (! out.flush())
        fail (codeOfSystemError (errno), "cannot be written: " + std::string (std::strerror (errno)) + ".",
              file.string());
}
} // namespace

Result<SelfTestData> SelfTestData::read (const std::filesystem::path& folder, const std::string& name)
{
    const auto jsonFile = folder / (name + ".json");
    try
    {
        const auto json = nlohmann::json::parse (bytesOf (jsonFile));
        SelfTestData data;
        data.text = json.at ("text");
        data.voice = json.at ("voice");
        data.settings.seed = json.at ("seed");
        data.settings.guidanceScale = json.at ("cfg_scale").get<float>();
        data.settings.steps = json.at ("steps");
        data.tokens = json.at ("tokens").get<std::vector<std::int64_t>>();
        const auto bytes = bytesOf (folder / (name + ".f32"));
        data.latents.resize (bytes.size() / sizeof (float));
        std::memcpy (data.latents.data(), bytes.data(), data.latents.size() * sizeof (float));
        if (data.latents.size() != json.at ("latents"))
            fail (ErrorCode::InvalidInput,
                  fmt::format ("has {} numbers, {} are expected. Install the program again.",
                               data.latents.size(), json.at ("latents").get<std::size_t>()),
                  (folder / (name + ".f32")).string());
        return data;
    }
    catch (const Exception& exception)
    {
        return tl::make_unexpected (exception.error);
    }
    catch (const nlohmann::json::exception& exception)
    {
        return tl::make_unexpected (
            Error { ErrorCode::InvalidInput,
                    std::string ("is damaged (") + exception.what() + "). Install the program again.",
                    jsonFile.string() });
    }
}

Result<void> SelfTestData::write (const std::filesystem::path& folder, const std::string& name) const
{
    const nlohmann::json json = { { "text", text },
                                  { "voice", voice },
                                  { "seed", settings.seed },
                                  { "cfg_scale", decimal (settings.guidanceScale.value()) },
                                  { "steps", settings.steps },
                                  { "tokens", tokens },
                                  { "latents", latents.size() } };
    try
    {
        std::error_code failed;
        std::filesystem::create_directories (folder, failed);
        std::string bytes (latents.size() * sizeof (float), '\0');
        std::memcpy (bytes.data(), latents.data(), bytes.size());
        writeFile (folder / (name + ".f32"), bytes);
        writeFile (folder / (name + ".json"), json.dump (1) + '\n');
    }
    catch (const Exception& exception)
    {
        return tl::make_unexpected (exception.error);
    }
    return {};
}

SelfTestResult compare (const SelfTestData& stored, const SelfTestData& now, double tolerance)
{
    SelfTestResult result;
    result.tokensEqual = stored.tokens == now.tokens;
    const auto count = std::min (stored.latents.size(), now.latents.size());
    for (std::size_t i = 0; i < count; ++i)
    {
        const double difference =
            std::abs (static_cast<double> (stored.latents[i]) - static_cast<double> (now.latents[i]));
        result.largestDifference = std::isnan (difference) ? std::numeric_limits<double>::infinity()
                                                           : std::max (result.largestDifference, difference);
    }
    const bool longEnough = now.latents.size() >= stored.latents.size() && ! stored.latents.empty();
    result.passed = result.tokensEqual && longEnough && result.largestDifference <= tolerance;
    if (! result.tokensEqual)
    {
        const auto differ =
            std::mismatch (stored.tokens.begin(), stored.tokens.end(), now.tokens.begin(), now.tokens.end());
        result.sentence =
            fmt::format ("tokens differ from number {} of {} on (stored: {} tokens)",
                         differ.second - now.tokens.begin() + 1, now.tokens.size(), stored.tokens.size());
    }
    else if (! longEnough)
        result.sentence = fmt::format ("{} latent values were computed, {} are stored", now.latents.size(),
                                       stored.latents.size());
    else
        result.sentence =
            fmt::format ("{} tokens are equal, latents differ by {:.1e} at most ({:.0e} allowed)",
                         now.tokens.size(), result.largestDifference, tolerance);
    return result;
}
} // namespace tableread::engine
