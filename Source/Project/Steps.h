// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "Project/Document.h"

namespace tableread::project
{
/** What can be undone and redone. A step holds the document without its takes, which no undo removes, and which of them
    were pinned. Not thread-safe. */
class Steps
{
public:
    explicit Steps (std::size_t most) : mostSteps (most) {}

    /** An edit was made. What could be redone is forgotten, and the oldest steps where there are too many or too large. */
    void add (const char* name, const Document& before, const Document& after);

    void clear();

    /** The document as it was, with what was changed by no user since as it is now. Empty: there is none. */
    std::optional<Document> undo (const Document& now) { return swap (done, undone, now); }
    std::optional<Document> redo (const Document& now) { return swap (undone, done, now); }

    const char* undoName() const { return done.empty() ? "" : done.back().name; }
    const char* redoName() const { return undone.empty() ? "" : undone.back().name; }

    /** Changes the cast in all of them. */
    void changeCasts (const std::function<void (Document&)>& change);

private:
    struct Step
    {
        const char* name = "";
        Document document;
        std::vector<TakeId> pinned; // ascending
        std::size_t bytes = 0;      // that only this step holds, roughly
    };

    void forgetUndone();
    static Step stepOf (const char* name, const Document& document);
    std::optional<Document> swap (std::deque<Step>& from, std::deque<Step>& to, const Document& now);

    std::size_t mostSteps;
    std::deque<Step> done, undone; // the next one is the last
    std::size_t bytes = 0;         // of all
};
} // namespace tableread::project
