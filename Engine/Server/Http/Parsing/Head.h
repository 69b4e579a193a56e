// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tableread::engine
{
/** Why a request is not answered by its endpoint: an HTTP status, and a sentence for the client. */
struct Refusal
{
    int status = 400;
    std::string why;
    bool isStopping = false; // nothing is wrong with the request: the server stops
};

struct HeadLimits
{
    std::size_t requestLineBytes = std::size_t { 8 } * 1024; // more: 414
    std::size_t headBytes = std::size_t { 32 } * 1024;       // more: 431
    std::size_t fields = 100;                                // more: 431
};

/** Finds the end of a request's head while its bytes arrive, and stops early at what is too large or is no HTTP.

    Strict on purpose: servers that forgive a line without CR, or a folded one, disagree with proxies on where a request
    ends (RFC 9112, section 11.2). One empty line before a request is skipped (section 2.2).
*/
class HeadScanner
{
public:
    explicit HeadScanner (HeadLimits wanted) : limits (wanted) {}

    /** Looks at the bytes since the last call; `bytes` always begins with the request's first one.
        @returns the head's size with its empty line, once it is there. */
    std::optional<std::size_t> scan (std::string_view bytes);

    /** Set by scan() when the request is refused. */
    const std::optional<Refusal>& refusal() const { return refused; }

private:
    void endLine (std::string_view bytes);

    HeadLimits limits;
    std::size_t at = 0;    // bytes looked at
    std::size_t line = 0;  // where the current line begins
    std::size_t lines = 0; // ended ones that are not empty
    bool complete = false;
    std::optional<Refusal> refused;
};

/** Checks the grammar of a whole head, and that it leaves no doubt where the body ends: at most one Content-Length of
    decimal digits or one Transfer-Encoding, which is "chunked". @returns 400, 413 for an absurd length, 501 for another
    coding, 505. */
std::optional<Refusal> checkHead (std::string_view head);
} // namespace tableread::engine
