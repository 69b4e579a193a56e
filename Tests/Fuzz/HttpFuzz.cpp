// SPDX-License-Identifier: Apache-2.0
// Input: the bytes of one request as they come from a socket, head and body. What our check of the head accepts must mean
// the same to Beast, which reads on from there, and no body may become more than its limit or a request without text.
#include <optional>
#include <string>

#include "Fuzz/FuzzChecks.h"
#include "Http/Beast.h"
#include "Server/Access/Access.h"
#include "Server/Http/Parsing/ContentCoding.h"
#include "Server/Http/Parsing/Head.h"
#include "Server/Http/RequestReading.h"
#include "Server/Speech/RequestChecks.h"

using namespace tableread;
using namespace tableread::engine;
using tableread::test::mustHold;

namespace
{
constexpr std::size_t mostBodyBytes = 16'384;

void checkRefusal (const Refusal& refusal)
{
    mustHold (refusal.status >= 400 && refusal.status < 600, "a refusal has the status of an error");
    mustHold (! refusal.why.empty() && refusal.why.size() < 200, "a refusal has a reason of readable length");
}

/** The head's size; nothing if it is refused or has no end. Bytes that come one by one make no difference. */
std::optional<std::size_t> scan (std::string_view bytes)
{
    HeadScanner whole { HeadLimits {} }, slow { HeadLimits {} };
    const auto size = whole.scan (bytes);
    std::optional<std::size_t> slowSize;
    for (std::size_t count = 1; count <= bytes.size() && ! slowSize && ! slow.refusal(); ++count)
        slowSize = slow.scan (bytes.substr (0, count));
    mustHold (size == slowSize, "a slow client's head ends where a fast one's does");
    mustHold (whole.refusal().has_value() == slow.refusal().has_value(), "and is refused alike");
    if (whole.refusal())
    {
        checkRefusal (*whole.refusal());
        mustHold (whole.refusal()->status == slow.refusal()->status, "for the same reason");
        return {};
    }
    return size;
}

/** Over TCP only a request with the token gets an answer, and none that is addressed to others. */
void checkAccess (const HttpRequest& request)
{
    const std::string token = "0123456789abcdef";
    static const auto access =
        Access::make ({ .addresses = { { { "127.0.0.1", true, 80 } } }, .token = Token (token) }).value();
    const auto admission = access.admit (request);
    if (admission.refusal)
        return mustHold (admission.refusal->status == 401 || admission.refusal->status == 403,
                         "a stranger gets 401 or 403");
    mustHold (request.field ("Authorization").ends_with (token) || request.path == "/livez" ||
                  request.path == "/readyz",
              "whoever is admitted has the token");
    mustHold (request.field ("Origin").empty(), "no page is admitted");
    const auto host = HostPort::parse (request.host);
    mustHold (request.host.empty() || (host && (host->host == "127.0.0.1" || host->host == "localhost")),
              "the request is addressed to this engine");
}

void checkBody (const std::string& body, std::string_view coding)
{
    const auto plain = decoded (body, coding, mostBodyBytes);
    if (! plain)
        return checkRefusal (plain.error());
    mustHold (plain->size() <= mostBodyBytes, "a body is no larger than its limit");
    const auto checked = checkRequest (*plain, Typography::Full);
    if (! checked)
        return test::checkRefusal (checked.error());
    mustHold (! checked->request.lines.empty(), "an accepted request has something to speak");
    for (const auto& line : checked->request.lines)
        mustHold (! line.text.empty() && line.text.find ('\n') == std::string::npos,
                  "each line is one line of text");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    std::string_view bytes (reinterpret_cast<const char*> (data), size);
    const auto headSize = scan (bytes);
    if (! headSize)
        return 0;
    auto head = bytes.substr (0, *headSize);
    if (const auto refused = checkHead (head))
    {
        checkRefusal (*refused);
        return 0;
    }
    if (head.front() == '\r')
        head.remove_prefix (2);

    http::request_parser<GrowingBody> parser;
    parser.header_limit (64 * 1024);
    parser.body_limit (mostBodyBytes);
    SystemError error;
    const auto used = parser.put (asio::buffer (head.data(), head.size()), error);
    if (! parser.is_header_done())
        return 0; // Beast is stricter in places
    mustHold (used == head.size(), "Beast ends the head where we do");
    const auto& fields = parser.get();
    checkAccess (requestOf (fields));
    mustHold (fields.count (http::field::content_length) + fields.count (http::field::transfer_encoding) <= 1,
              "the body's length is stated once");
    mustHold (parser.chunked() == (fields.count (http::field::transfer_encoding) == 1),
              "chunks are chunks to both");
    mustHold (parser.content_length().has_value() == (fields.count (http::field::content_length) == 1),
              "a length is a length to both");

    auto rest = bytes.substr (*headSize);
    parser.eager (true);
    while (! error && ! parser.is_done() && ! rest.empty())
    {
        const auto taken = parser.put (asio::buffer (rest.data(), rest.size()), error);
        if (taken == 0)
            break;
        rest.remove_prefix (taken);
    }
    const auto body = parser.get().body().data();
    mustHold (body.size() <= mostBodyBytes, "no more is received than the limit");
    if (parser.is_done())
    {
        const auto coding = fields[http::field::content_encoding];
        checkBody ({ static_cast<const char*> (body.data()), body.size() }, { coding.data(), coding.size() });
    }
    return 0;
}
