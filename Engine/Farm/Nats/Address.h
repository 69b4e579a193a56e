// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace tableread::engine
{
/** Where a NATS server is, and what it wants to see. */
struct NatsAddress
{
    std::string url;                              // "nats://host:4222"; several: with commas
    std::filesystem::path credentials {};         // a file with a user's JWT and seed
    std::filesystem::path authorities {};         // what the server's certificate is checked against
    std::filesystem::path certificate {}, key {}; // this client's; empty: it has none

    bool isSecure() const; // with TLS

    /** Without passwords, for messages. */
    std::string shown() const;
};
} // namespace tableread::engine
