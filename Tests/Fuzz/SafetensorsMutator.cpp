// SPDX-License-Identifier: Apache-2.0
// Most random changes of a header change its length, and a wrong length is all that the reader would ever see. So
// after three of four changes the length is set to end at the last brace of the text.
#include <cstdint>
#include <cstring>
#include <string_view>

extern "C" std::size_t LLVMFuzzerMutate (std::uint8_t* data, std::size_t size, std::size_t maxSize);

extern "C" std::size_t LLVMFuzzerCustomMutator (std::uint8_t* data, std::size_t size, std::size_t maxSize,
                                                unsigned seed)
{
    constexpr std::size_t lengthBytes = sizeof (std::uint64_t);
    size = LLVMFuzzerMutate (data, size, maxSize);
    if (size <= lengthBytes || seed % 4 == 0)
        return size;
    const std::string_view text (reinterpret_cast<const char*> (data) + lengthBytes, size - lengthBytes);
    const std::uint64_t length = text.rfind ('}') + 1; // 0 if there is none
    std::memcpy (data, &length, lengthBytes);
    return size;
}
