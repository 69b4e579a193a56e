// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

/** The entry that libFuzzer, and the replay of the kept corpus, call with each input. */
extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size);

namespace tableread::test
{
/** Runs a reader that may refuse its input, but only as it should: with an Exception whose message is one line of
    readable length, and never as a mistake of ours. @returns whether it was accepted. */
bool acceptsOrRefuses (const std::function<void()>& reader);

/** Ends the program if `holds` is false: the fuzzer keeps the input. */
void mustHold (bool holds, const char* what);

/** The parts between zero bytes, `count` of them at most and at least, the last with all the rest. */
std::vector<std::string_view> splitInput (const std::uint8_t* data, std::size_t size, std::size_t count);
} // namespace tableread::test
