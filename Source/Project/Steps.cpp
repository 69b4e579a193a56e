// SPDX-License-Identifier: Apache-2.0
#include "Project/Steps.h"

#include <algorithm>
#include <utility>

#include "Project/Lookup.h"

namespace tableread::project
{
namespace
{
constexpr std::size_t mostBytes = std::size_t { 64 } << 20; // of all steps, but for the last one

/** What a step adds to the memory that the document after it takes anyway. */
std::size_t bytesOf (const Document& step, const Document& after)
{
    const auto& lines = step.lines;
    auto bytes = lines.size() * sizeof (lines.front());
    if (step.script != after.script)
        bytes += step.script->size();
    auto end = lines.size(), otherEnd = after.lines.size();
    std::size_t begin = 0;
    while (begin < std::min (end, otherEnd) && lines[begin] == after.lines[begin])
        ++begin;
    while (end > begin && otherEnd > begin && lines[end - 1] == after.lines[otherEnd - 1])
    {
        --end;
        --otherEnd;
    }
    for (auto at = begin; at < end; ++at)
        bytes += sizeof (Line) + lines[at]->text.size();
    return bytes;
}
} // namespace

Steps::Step Steps::stepOf (const char* name, const Document& document)
{
    Step step { name, document, {}, 0 };
    step.document.takes.clear();
    for (const auto& take : document.takes)
        if (take->isPinned)
            step.pinned.push_back (take->id);
    return step;
}

void Steps::add (const char* name, const Document& before, const Document& after)
{
    forgetUndone();
    done.push_back (stepOf (name, before));
    done.back().bytes = bytesOf (before, after);
    bytes += done.back().bytes;
    while (done.size() > mostSteps || (bytes > mostBytes && done.size() > 1))
    {
        bytes -= done.front().bytes;
        done.pop_front();
    }
}

void Steps::forgetUndone()
{
    for (const auto& step : undone)
        bytes -= step.bytes;
    undone.clear();
}

void Steps::clear()
{
    done.clear();
    undone.clear();
    bytes = 0;
}

std::optional<Document> Steps::swap (std::deque<Step>& from, std::deque<Step>& to, const Document& now)
{
    if (from.empty())
        return {};
    auto step = std::move (from.back());
    from.pop_back();
    to.push_back (stepOf (step.name, now));
    to.back().bytes = step.bytes;

    auto& document = step.document;
    document.id = now.id;
    document.takes = now.takes;
    for (auto& take : document.takes)
        if (const bool isPinned = std::binary_search (step.pinned.begin(), step.pinned.end(), take->id);
            take->isPinned != isPinned)
            alter (take, [&] (TakeRecord& record) { record.isPinned = isPinned; });
    document.tempo = now.tempo;
    document.settings.host = now.settings.host;
    document.nextId = now.nextId; // no id is given twice
    return std::move (document);
}

void Steps::changeCasts (const std::function<void (Document&)>& change)
{
    for (auto* const steps : { &done, &undone })
        for (auto& step : *steps)
            change (step.document);
}
} // namespace tableread::project
