// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "Core/Error.h"
#include "Project/Document.h"

namespace tableread::project
{
/** Writes into a project's file that somebody else may have open and save meanwhile: it is read anew each time, so that
    their changes stay.

    Threads   any that may wait for a disk.
    Errors    those of readProject() and writeProject(). */
class Recorder
{
public:
    explicit Recorder (std::filesystem::path project) : file (std::move (project)) {}

    /** Adds a take. @returns its id. */
    [[nodiscard]] Result<TakeId> add (const TakeRecord& take) const;

    /** Gives the project an id, unless it has one. @returns the one that it has. */
    [[nodiscard]] Result<std::string> giveId() const;

    /** Writes down voices that were given or found. `before`: as they were read; a member that is not so any more stays. */
    [[nodiscard]] Result<void> setCast (const Document& before, const Document& after) const;

private:
    Result<void> change (const std::function<void (Document&)>& edit) const;

    const std::filesystem::path file;
    mutable std::mutex mutex; // one change at a time
};
} // namespace tableread::project
