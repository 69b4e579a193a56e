// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "Project/Edit.h"
#include "Project/LineIds.h"

namespace tableread::test
{
inline project::Document documentOf (const std::string& script)
{
    return project::withScript ({}, script).value();
}

inline std::vector<std::uint64_t> idsOf (const project::Document& document)
{
    std::vector<std::uint64_t> ids;
    for (const auto& line : document.lines)
        ids.push_back (line->id.value);
    return ids;
}

/** "Anna: Hello. | Ben (softly): Yes." */
inline std::string spokenIn (const project::Document& document)
{
    std::string all;
    for (const auto& line : document.lines)
        all += (all.empty() ? "" : " | ") + line->speaker +
               (line->direction.empty() ? "" : " (" + line->direction + ")") + ": " + line->text;
    return all;
}

inline project::Member memberWith (const std::string& speaker, const VoiceReference& voice)
{
    project::Member member;
    member.speaker = speaker;
    member.isChosen = true;
    member.moods.emplace_back().voice = voice;
    return member;
}

/** A whole take; its id is for a document or a project to give. */
inline project::TakeRecord wholeTake (project::LineId line, const std::string& request,
                                      std::uint64_t seed = 0)
{
    project::TakeRecord take;
    take.line = line;
    take.request = request;
    take.seed = seed;
    take.state = project::TakeRecord::State::Done;
    take.audio = "audio of " + request;
    take.length = { 24'000 };
    return take;
}

/** Adds a take to a document that is no project's. */
inline project::TakeId addTo (project::Document& document, project::TakeRecord take)
{
    take.id = { document.nextId++ };
    document.takes.push_back (std::make_shared<const project::TakeRecord> (take));
    return take.id;
}
} // namespace tableread::test
