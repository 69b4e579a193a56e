// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "Server/Http/Exchange.h"
#include "Server/Http/Parsing/Head.h"

namespace tableread::engine
{
struct HttpLimits
{
    HeadLimits head;
    std::size_t connections = 2'048;                     // shared as ConnectionTable.h says
    std::size_t bodiesBytes = std::size_t { 128 } << 20; // of all requests, until they are over; more: 503
    std::chrono::milliseconds idle { 60'000 };           // between requests
    std::chrono::milliseconds request { 10'000 };        // from a request's first byte to its last
    std::size_t bodyBytesASecond = std::size_t { 256 } * 1024; // so many of its body give it another second
    std::chrono::milliseconds stranger { 10'000 };             // until the token that is wanted was shown
    std::chrono::milliseconds write { 30'000 };                // for a piece that a client does not read
};

using HttpHandler = std::function<void (std::shared_ptr<Exchange>)>;

/** A request that was answered, or whose client left before the end of its answer. */
struct HttpAccess
{
    std::string_view method, path, peer; // empty if its head could not be read
    int status = 0;
    double milliseconds = 0; // since its first byte
    bool isComplete = false; // the answer was sent to its end
};

/** An endpoint. */
struct HttpRoute
{
    std::string method = "GET";    // which answers HEAD too
    std::string path;              // may have one segment "{id}", which stands for any
    std::size_t mostBodyBytes = 0; // 0: a request has no body that matters

    /** Looks at a request before its body is read. [I/O thread] @returns an answer that refuses it. Empty: always admits. */
    std::function<std::optional<HttpAnswer> (const HttpRequest& head)> admit = {};

    bool waits = false; // for files or devices: handle() runs on a worker then, otherwise on the I/O thread
    HttpHandler handle;
};
} // namespace tableread::engine
