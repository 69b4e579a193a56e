// SPDX-License-Identifier: Apache-2.0
#include "Project/Open/SessionList.h"

#include <string_view>
#include <unordered_set>

namespace tableread::project
{
bool isRecording (const Mood& mood)
{
    return ! mood.voice.path.empty() && ! mood.content.empty();
}

TakeSession sessionOf (const Document& document)
{
    TakeSession session { .id = document.id };
    std::unordered_set<std::string_view> pinned, known;
    for (const auto& take : document.takes)
        if (take->isPinned && ! take->audio.empty() && pinned.insert (take->audio).second &&
            session.pinned.size() < TakeSession::mostTakes)
            session.pinned.push_back (take->audio);
    for (const auto& member : document.cast)
        for (const auto& mood : member->moods)
            if (isRecording (mood) && ! pinned.contains (mood.content) && known.insert (mood.content).second)
                session.takes.push_back (mood.content);
    for (auto take = document.takes.rbegin(); take != document.takes.rend(); ++take)
        if (const auto& audio = (*take)->audio; ! audio.empty() && ! pinned.contains (audio) &&
                                                known.insert (audio).second &&
                                                session.takes.size() < TakeSession::mostTakes)
            session.takes.push_back (audio);
    return session;
}

TakeSession joinedWith (TakeSession session, const TakeSession& before)
{
    std::unordered_set<std::string> known (session.takes.begin(), session.takes.end());
    known.insert (session.pinned.begin(), session.pinned.end());
    const auto add = [&] (const std::vector<std::string>& from, std::vector<std::string>& to) {
        for (const auto& audio : from)
            if (to.size() < TakeSession::mostTakes && known.insert (audio).second)
                to.push_back (audio);
    };
    add (before.pinned, session.pinned);
    add (before.takes, session.takes);
    return session;
}
} // namespace tableread::project
