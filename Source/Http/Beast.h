// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

/** What this project uses of Boost.Asio and Boost.Beast: HTTP/1.1 messages over sockets of any family. */
namespace tableread
{
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Socket = asio::generic::stream_protocol::socket;
using SystemError = boost::system::error_code;

/** A body that grows as it is received: nothing is allocated for a length that is only announced. */
using GrowingBody = http::basic_dynamic_body<beast::flat_buffer>;
} // namespace tableread
