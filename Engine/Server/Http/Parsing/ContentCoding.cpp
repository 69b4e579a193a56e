// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Parsing/ContentCoding.h"

#include <array>
#include <memory>
#include <new>
#include <optional>

#include <brotli/decode.h>
#include <zlib.h>

#include "Server/Http/Parsing/Grammar.h"

namespace tableread::engine
{
namespace
{
using Decoded = tl::expected<std::string, Refusal>;
using Block = std::array<unsigned char, 16'384>;

tl::unexpected<Refusal> damaged (std::string_view coding)
{
    return tl::make_unexpected (
        Refusal { 400, "its body is not complete and correct " + std::string (coding) + " data" });
}

tl::unexpected<Refusal> tooLarge (std::size_t mostBytes)
{
    return tl::make_unexpected (Refusal { 413, "its body has more than " + std::to_string (mostBytes) +
                                                   " bytes when it is unpacked" });
}

/** zlib's formats; it finds out by itself which one of the two it is. */
Decoded inflated (const std::string& body, std::string_view coding, std::size_t mostBytes)
{
    constexpr int gzipOrZlib = 32;
    z_stream stream {};
    if (inflateInit2 (&stream, MAX_WBITS + gzipOrZlib) != Z_OK)
        throw std::bad_alloc();
    const std::unique_ptr<z_stream, int (*) (z_streamp)> owner (&stream, inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*> (const_cast<char*> (body.data())); // NOLINT: zlib's C interface
    stream.avail_in = static_cast<uInt> (body.size());
    std::string result;
    Block block;
    while (true)
    {
        stream.next_out = block.data();
        stream.avail_out = block.size();
        const int state = inflate (&stream, Z_NO_FLUSH);
        if (state == Z_MEM_ERROR)
            throw std::bad_alloc();
        result.append (reinterpret_cast<const char*> (block.data()), block.size() - stream.avail_out);
        if (result.size() > mostBytes)
            return tooLarge (mostBytes);
        if (state == Z_STREAM_END && stream.avail_in == 0)
            return result;
        if (state != Z_OK)
            return damaged (coding);
    }
}

Decoded unbrotlied (const std::string& body, std::size_t mostBytes)
{
    const std::unique_ptr<BrotliDecoderState, void (*) (BrotliDecoderState*)> state (
        BrotliDecoderCreateInstance (nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
    if (state == nullptr)
        throw std::bad_alloc();
    auto left = body.size();
    const auto* next = reinterpret_cast<const std::uint8_t*> (body.data());
    std::string result;
    Block block;
    while (true)
    {
        auto room = block.size();
        auto* out = block.data();
        const auto came = BrotliDecoderDecompressStream (state.get(), &left, &next, &room, &out, nullptr);
        result.append (reinterpret_cast<const char*> (block.data()), block.size() - room);
        if (result.size() > mostBytes)
            return tooLarge (mostBytes);
        if (came == BROTLI_DECODER_RESULT_SUCCESS && left == 0)
            return result;
        if (came != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
            return damaged ("br");
    }
}
} // namespace

Decoded decoded (std::string body, std::string_view coding, std::size_t mostBytes)
{
    if (coding.empty() || sameWord (coding, "identity"))
        return body;
    if (sameWord (coding, "gzip") || sameWord (coding, "x-gzip") || sameWord (coding, "deflate"))
        return inflated (body, coding, mostBytes);
    if (sameWord (coding, "br"))
        return unbrotlied (body, mostBytes);
    return tl::make_unexpected (
        Refusal { 415, "the only Content-Encodings understood here are gzip, deflate and br" });
}
} // namespace tableread::engine
