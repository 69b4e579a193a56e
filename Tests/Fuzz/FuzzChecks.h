// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "Core/Error.h"

/** The entry point that libFuzzer and the replay of the kept corpus call with each input. */
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size);

namespace tableread::test
{
/** A refusal must be one line of readable length about the input, never a mistake of ours. */
void checkRefusal (const Error& error);

/** Runs a reader that may refuse its input, but only with an Exception that checkRefusal() lets pass.
    @returns whether it was accepted. */
bool acceptsOrRefuses (const std::function<void()>& reader);

/** Ends the program if `holds` is false: the fuzzer keeps the input. */
void mustHold (bool holds, const char* what);

/** The parts between zero bytes, exactly `count` of them; the last has all the rest. */
std::vector<std::string_view> splitInput (const std::uint8_t* data, std::size_t size, std::size_t count);
} // namespace tableread::test
