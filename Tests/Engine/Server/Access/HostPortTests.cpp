// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Server/Access/HostPort.h"

using namespace tableread::engine;

TEST_CASE ("A host is read with and without its port", "[engine][server][access]")
{
    const auto [text, host, port] = GENERATE (
        table<std::string, std::string, int> ({ { "engine", "engine", -1 },
                                                { "Engine.Example.ORG:8080", "engine.example.org", 8080 },
                                                { "127.0.0.1", "127.0.0.1", -1 },
                                                { "127.0.0.1:0", "127.0.0.1", 0 },
                                                { "my_host-2:65535", "my_host-2", 65535 },
                                                { "[::1]", "::1", -1 },
                                                { "[::1]:8080", "::1", 8080 },
                                                { "[0:0::0001]:080", "::1", 80 },
                                                { "[FE80::A]", "fe80::a", -1 } }));
    CAPTURE (text);
    const auto parsed = HostPort::parse (text);
    REQUIRE (parsed);
    CHECK (parsed->host == host);
    CHECK (parsed->port.has_value() == (port >= 0));
    CHECK (parsed->port.value_or (0) == std::max (port, 0));
    CHECK (parsed->isAddress == (host.find (':') != std::string::npos || host == "127.0.0.1"));
    CHECK (HostPort::parse (parsed->text())->text() == parsed->text());
}

TEST_CASE ("What is no host with its port is refused", "[engine][server][access][errors]")
{
    const auto text =
        GENERATE (as<std::string> {}, "", ":", ":80", "engine:", "engine:80 ", " engine", "engine:-1",
                  "engine:+1", "engine:65536", "engine:80:80", "engine:0x50", "::1", "[::1", "[]", "[]:80",
                  "[::1]80", "[::1]x", "[127.0.0.1]:80", "[::1%lo]:80", "[[::1]]", "a b:80", "a/b",
                  "me@engine:80", "*:80", "h\xc3\xa4nsel", "a,b");
    CAPTURE (text);
    CHECK (! HostPort::parse (text));
    CHECK (! HostPort::parse (std::string (254, 'a')));
    CHECK (HostPort::parse (std::string (253, 'a')));
    CHECK (! HostPort::parse (std::string_view ("a\0b", 3)));
    CHECK (! HostPort::parse (std::string_view ("[::1\0]", 6)));
}
