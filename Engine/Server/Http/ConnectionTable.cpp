// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/ConnectionTable.h"

#include <algorithm>

#include "Server/Http/Connection.h"

namespace tableread::engine
{
bool ConnectionTable::makeRoomFor (Standing newcomer)
{
    while (isFullFor (newcomer))
        if (! closeIdle (newcomer))
            return false;
    return true;
}

bool ConnectionTable::closeIdle (Standing atMost)
{
    for (const auto standing : { Standing::Stranger, Standing::Remote, Standing::Local })
    {
        const auto& idle = groupOf (standing).idle;
        if (standing > atMost || idle.empty())
            continue;
        const auto longest = idle.front(); // it leaves the list
        longest->close();
        return true;
    }
    return false;
}

bool ConnectionTable::isFullFor (Standing newcomer) const
{
    const auto strangers = count (Standing::Stranger), overTcp = strangers + count (Standing::Remote);
    if (newcomer == Standing::Stranger && strangers >= std::max<std::size_t> (most / 4, 1))
        return true;
    if (newcomer != Standing::Local && overTcp >= most - most / 8)
        return true;
    return overTcp + count (Standing::Local) >= most;
}

std::size_t ConnectionTable::count (Standing standing) const
{
    const auto& group = groups[static_cast<std::size_t> (standing)];
    return group.idle.size() + group.active.size();
}

void ConnectionTable::add (const std::shared_ptr<HttpConnection>& connection, Standing standing)
{
    auto& list = groupOf (standing).active;
    connection->place = { &list, list.insert (list.end(), connection), standing };
}

void ConnectionTable::becameIdle (HttpConnection& connection)
{
    move (connection, groupOf (connection.place.standing).idle);
}

void ConnectionTable::becameActive (HttpConnection& connection)
{
    move (connection, groupOf (connection.place.standing).active);
}

void ConnectionTable::becameKnown (HttpConnection& connection)
{
    connection.place.standing = Standing::Remote;
    becameActive (connection);
}

void ConnectionTable::remove (HttpConnection& connection)
{
    connection.place.list->erase (connection.place.at);
}

bool ConnectionTable::isEmpty() const
{
    return std::ranges::all_of (
        groups, [] (const auto& group) { return group.idle.empty() && group.active.empty(); });
}

ConnectionTable::Connections ConnectionTable::active() const
{
    Connections all;
    for (const auto& group : groups)
        all.insert (all.end(), group.active.begin(), group.active.end());
    return all;
}

void ConnectionTable::move (HttpConnection& connection, Connections& to)
{
    to.splice (to.end(), *connection.place.list, connection.place.at);
    connection.place.list = &to;
}
} // namespace tableread::engine
