// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <utility>

#include "Core/Error.h"
#include "Project/Document.h"

namespace tableread::project
{
/** Writes into a project's file that somebody else may have open and save meanwhile: it is read anew each time, so that
    their changes stay.

    Threads   one at a time, which may wait for a disk.
    Errors    those of readProject() and writeProject(). */
class Recorder
{
public:
    explicit Recorder (std::filesystem::path project) : file (std::move (project)) {}

    /** Adds a take. @returns its id. */
    [[nodiscard]] Result<TakeId> add (const TakeRecord& take) const;

    /** Writes down voices that were given or found. `before`: as they were read; a member that is not so any more stays. */
    [[nodiscard]] Result<void> setCast (const Document& before, const Document& after) const;

private:
    Result<void> change (const std::function<void (Document&)>& edit) const;

    std::filesystem::path file;
};
} // namespace tableread::project
