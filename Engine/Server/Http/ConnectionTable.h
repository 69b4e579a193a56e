// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <memory>

namespace tableread::engine
{
class HttpConnection;

/** Whose a connection is, from the least trusted on. Nobody makes room for one that is trusted less. */
enum class Standing
{
    TurnedAway, // is told so, and nothing else
    Stranger,   // over TCP, and has not shown the token that is wanted
    Remote,     // over TCP
    Local       // on the Unix socket
};

/** All connections of a server, by their standing.

    Shares    of the limit: strangers may take a quarter, and all that come over TCP seven eighths. The rest is the Unix
              socket's alone, so nobody can lock out its clients from afar.
    Threads   the I/O thread only.
*/
class ConnectionTable
{
public:
    using Connections = std::list<std::shared_ptr<HttpConnection>>;

    /** Where a connection is kept. */
    struct Place
    {
        Connections* list = nullptr;
        Connections::iterator at;
        Standing standing = Standing::TurnedAway;
    };

    explicit ConnectionTable (std::size_t mostConnections) : most (mostConnections) {}

    /** Makes room for one more, if it takes that, by closing idle ones. @returns false if there is none. */
    bool makeRoomFor (Standing newcomer);

    /** Closes the one that has been idle for longest of those that are trusted least, and no more than `atMost`.
        @returns false if none is idle. */
    bool closeIdle (Standing atMost);

    /** Few clients are told that they cannot come: each of them has to be listened to for a moment. */
    bool mayTurnAway() const { return count (Standing::TurnedAway) < 64; }

    void add (const std::shared_ptr<HttpConnection>& connection, Standing standing);
    void becameIdle (HttpConnection& connection);
    void becameActive (HttpConnection& connection);
    void becameKnown (HttpConnection& connection); // a stranger, who is active
    void remove (HttpConnection& connection);

    bool isEmpty() const;

    /** Those that are not idle; a copy, since they may leave meanwhile. */
    Connections active() const;

private:
    struct Group
    {
        Connections idle, active;
    };

    std::size_t count (Standing standing) const;
    bool isFullFor (Standing newcomer) const;
    Group& groupOf (Standing standing) { return groups[static_cast<std::size_t> (standing)]; }
    static void move (HttpConnection& connection, Connections& to);

    std::size_t most;
    std::array<Group, 4> groups;
};
} // namespace tableread::engine
