// SPDX-License-Identifier: Apache-2.0
#include "Server/ErrorAnswers.h"

#include <string>

#include "EngineLink/Protocol.h"
#include "Server/Jobs/RenderWorker.h"

namespace tableread::engine
{
namespace
{
/** How a refusal's reason becomes a sentence. */
struct Wording
{
    ErrorCode code = ErrorCode::InvalidInput;
    const char* before = "this is not a valid HTTP request: ";
    const char* after = ". Correct the client.";
};

Wording wordingOf (int status)
{
    switch (status)
    {
        case 401:
            return { ErrorCode::InvalidInput, "",
                     ". Send the engine's token as \"Authorization: Bearer TOKEN\"." };
        case 403:
            return { ErrorCode::InvalidInput, "", "." };
        case 404:
            return { ErrorCode::NotFound, "",
                     ". This engine answers POST /v1/audio/speech and what else Protocol.md lists." };
        case 405:
            return { ErrorCode::Unsupported, "", ". Use one of those." };
        case 408:
            return { ErrorCode::InvalidInput, "the request is not complete: ", ". Send it faster." };
        case 411:
            return { ErrorCode::InvalidInput, "", ". Send a Content-Length." };
        case 413:
        case 414:
        case 431:
            return { ErrorCode::OutOfRange,
                     "the request is too large: ", ". Send less text at a time, and voices by their path." };
        case 415:
        case 417:
        case 501:
        case 505:
            return { ErrorCode::Unsupported, "the request cannot be read: ", ". Send it in another form." };
        case 500:
            return { ErrorCode::Internal, "", ". The engine's log says more." };
        case 503:
            return { ErrorCode::Busy, "", ". Try again in a second." };
        case 507:
            return { ErrorCode::OutOfMemory, "", ". Close other programs, or try again later." };
        default:
            return {};
    }
}

HttpAnswer answerWith (const Error& error, int status, int retryAfterSeconds = 1)
{
    HttpAnswer answer { .status = status, .body = protocol::toJson (error, status) };
    if (status == 503 && error.code != ErrorCode::Unloaded) // which does not pass by itself
        answer.fields.emplace_back ("Retry-After", std::to_string (retryAfterSeconds));
    return answer;
}
} // namespace

HttpAnswer busyAnswer (const RenderWorker& worker, const Error& why)
{
    return answerWith (why, protocol::httpStatus (why.code), worker.retryAfterSeconds());
}

HttpAnswer cancelledAnswer()
{
    constexpr int conflict = 409; // a 503 would be tried again
    return answerWith ({ ErrorCode::Cancelled, "the job was cancelled. Send it again if it is wanted.", {} },
                       conflict);
}

HttpAnswer answerOf (const Error& error)
{
    return answerWith (error, protocol::httpStatus (error.code));
}

HttpAnswer answerOf (const Refusal& refusal)
{
    if (refusal.isStopping)
        return answerOf (stoppingError());
    const auto wording = wordingOf (refusal.status);
    return answerWith ({ wording.code, wording.before + refusal.why + wording.after, {} }, refusal.status);
}
} // namespace tableread::engine
