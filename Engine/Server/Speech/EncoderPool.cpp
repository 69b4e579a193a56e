// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/EncoderPool.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace tableread::engine
{
unsigned EncoderPool::usualThreads()
{
    return std::clamp (std::thread::hardware_concurrency() / 2, 1u, 4u);
}

EncoderPool::EncoderPool (unsigned count) : threads (std::make_unique<boost::asio::thread_pool> (count))
{}

EncoderPool::~EncoderPool() = default;

void EncoderPool::run (std::function<void()> work)
{
    boost::asio::post (*threads, std::move (work));
}
} // namespace tableread::engine
