// SPDX-License-Identifier: Apache-2.0
// The steps of a connection, for Connection.cpp and ConnectionAnswers.cpp.
#pragma once

#include <cstddef>
#include <exception>
#include <new>
#include <utility>

#include "Server/Http/Connection.h"

namespace tableread::engine
{
/** Holds a head, a chunk's extension or the trailers. */
inline constexpr std::size_t largestBuffer = std::size_t { 64 } * 1024;

/** Wraps what follows an asynchronous step: this lives until then, and an error of the socket closes it. A step that was
    aborted was aborted here. */
template <typename Then>
auto HttpConnection::then (Then run)
{
    return [self = shared_from_this(), run = std::move (run)] (SystemError error, auto... bytes) {
        if (error == asio::error::operation_aborted)
            return;
        self->guarded ([&] { error ? self->close() : run (bytes...); });
    };
}

/** Runs a step. Nothing that it throws leaves the I/O thread. */
template <typename Work>
void HttpConnection::guarded (Work work)
{
    try
    {
        if (phase != Phase::Closed)
            work();
    }
    catch (const std::bad_alloc&)
    {
        failed ({ 507, "the engine has no memory left for it" });
    }
    catch (const std::exception&)
    {
        failed ({ 500, "the engine failed on it" });
    }
}
} // namespace tableread::engine
