// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include <tl/expected.hpp>

namespace tableread
{
/** What kind of thing went wrong: decides exit codes, HTTP statuses and whether trying again can help. */
enum class ErrorCode
{
    InvalidInput, // the user's file, text or option cannot be used: exit code 2, HTTP 400
    NotFound,     // a file or a name does not exist
    OutOfRange,   // a number is outside what is allowed
    OutOfMemory,  // RAM or GPU memory was refused
    Unsupported,  // valid, but not something this build can do
    Io,           // reading, writing or a socket failed
    Cancelled,    // the user stopped it
    Busy,         // try again later
    Internal      // our own mistake
};

/** One failure in words for a person: what failed, on what, expected and got, and what to do.
    `where` names the file, line or speaker when `message` alone does not; may be empty. */
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string where;

    /** "where: message", or the message alone. */
    std::string text() const;
};

/** What Source and Plugin return where something can fail. */
template <typename T>
using Result = tl::expected<T, Error>;

/** How the engine, which throws, carries an Error up to the job that it ends. */
class Exception : public std::runtime_error
{
public:
    explicit Exception (Error failure) : std::runtime_error (failure.text()), error (std::move (failure)) {}

    Error error;
};

/** Throws Exception. */
[[noreturn]] void fail (ErrorCode code, std::string message, std::string where = {});

/** The value of a result, or Exception with its error: the step from Source into the engine. */
template <typename T>
T orThrow (Result<T> result)
{
    if (! result)
        throw Exception (std::move (result.error()));
    return std::move (*result);
}
} // namespace tableread
