// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "Render/Renderer.h"

namespace CLI
{
class App;
}

namespace tableread::engine
{
/** A check for options with a number, which CLI::Range is not: nan lies in each of its ranges. */
std::function<std::string (const std::string&)> numberBetween (double least, double most);

/** A check for options with a size in bytes, which has a unit. */
std::function<std::string (const std::string&)> bytesBetween (double least, double most);

/** --seed: a whole number of 0 or more; with `mayDraw` also "random" or -1. See seedOf. */
void addSeedOption (CLI::App& command, std::string& seed, bool mayDraw);

/** The seed that an option asks for; a new one for "random" and -1. */
std::uint64_t seedOf (const std::string& option);

bool isDrawn (const std::string& seedOption);

/** --cfg, a number from 0 to 100. */
void addGuidanceOption (CLI::App& command, RenderSettings& settings);
} // namespace tableread::engine
