// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include <tl/expected.hpp>

namespace tableread
{
/** The kind of failure: decides exit codes, HTTP statuses and whether trying again can help. */
enum class ErrorCode
{
    InvalidInput, // the user's file, text or option cannot be used: exit code 2, HTTP 400
    NotFound,     // a file or name does not exist
    OutOfRange,   // a number is outside the allowed range
    OutOfMemory,  // memory, descriptors or room on a disk ran out: trying again may help, exit code 75
    Unsupported,  // valid, but not something this build can do
    Io,           // a drive or a socket failed: trying again may help, exit code 75
    Cancelled,    // the user stopped it
    Busy,         // try again later
    Unloaded,     // a model is not in memory: load it first
    Conflict,     // what is asked for is there already, in another form: choose another name
    Internal      // a bug of ours
};

/** One failure in words for people: what failed, on what, what was expected and found, and what to do.
    `where` names the file, line or speaker when `message` alone does not; may be empty. */
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string where;

    /** "where: message", or the message alone. */
    std::string text() const;
};

/** The kind of an errno: NotFound, InvalidInput where the path itself cannot be used (no permission, a folder),
    OutOfMemory where something ran out, else Io. */
ErrorCode codeOfSystemError (int number);

/** What functions in Source and Plugin return if they can fail. */
template <typename T>
using Result = tl::expected<T, Error>;

/** How the engine, which throws, carries an Error to the job that it ends. */
class Exception : public std::runtime_error
{
public:
    explicit Exception (Error failure) : std::runtime_error (failure.text()), error (std::move (failure)) {}

    Error error;
};

/** Throws Exception. */
[[noreturn]] void fail (ErrorCode code, std::string message, std::string where = {});

/** Returns the value of a result or throws Exception with its error: used where the engine calls Source. */
template <typename T>
T orThrow (Result<T> result)
{
    if (! result)
        throw Exception (std::move (result.error()));
    return std::move (*result);
}

inline void orThrow (Result<void> result)
{
    if (! result)
        throw Exception (std::move (result.error()));
}
} // namespace tableread
