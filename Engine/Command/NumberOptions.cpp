// SPDX-License-Identifier: Apache-2.0
#include "Command/NumberOptions.h"

#include <cmath>
#include <random>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "Core/ByteSize.h"
#include "Core/Seed.h"

namespace tableread::engine
{
std::function<std::string (const std::string&)> numberBetween (double least, double most)
{
    return [least, most] (const std::string& text) {
        double value = 0;
        const bool good = CLI::detail::lexical_cast (text, value) && value >= least && value <= most;
        return good ? std::string() : fmt::format ("\"{}\" is not a number of {} to {}", text, least, most);
    };
}

std::function<std::string (const std::string&)> bytesBetween (double least, double most)
{
    return [least, most] (const std::string& text) {
        const auto bytes = parseBytes (text);
        if (! bytes)
            return '"' + text + "\" is not a size with its unit. Write 500MB or 1GiB";
        const auto size = static_cast<double> (*bytes);
        return size >= least && size <= most
                   ? std::string()
                   : fmt::format ("\"{}\" is not a size from {} kB to {} GB", text, least / 1e3, most / 1e9);
    };
}

void addSeedOption (CLI::App& command, std::string& seed, bool mayDraw)
{
    const auto isSeed = [mayDraw] (const std::string& text) {
        const bool good = parseSeed (text) || (mayDraw && isDrawn (text));
        return good ? std::string()
                    : fmt::format ("\"{}\" is not a whole number of 0 to 2^64 - 1{}", text,
                                   mayDraw ? ", nor random" : "");
    };
    command
        .add_option ("--seed", seed,
                     mayDraw ? "The same seed gives the same samples; random draws one and prints it"
                             : "The same seed gives the same samples")
        ->check (isSeed)
        ->capture_default_str();
}

bool isDrawn (const std::string& seedOption)
{
    return seedOption == "random" || seedOption == "-1";
}

std::uint64_t seedOf (const std::string& option)
{
    if (! isDrawn (option))
        return parseSeed (option).value_or (0);
    std::random_device device;
    return std::uniform_int_distribution<std::uint64_t> {}(device);
}

void addGuidanceOption (CLI::App& command, RenderSettings& settings)
{
    command
        .add_option ("--cfg", settings.guidanceScale,
                     "Guidance scale, 0 to 100; 1: no guidance, twice as fast [the model's, else 1.3]")
        ->check (numberBetween (0, 100));
}
} // namespace tableread::engine
