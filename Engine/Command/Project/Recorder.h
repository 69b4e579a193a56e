// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <utility>

#include "Project/Document.h"

namespace tableread::engine
{
/** Writes into a project's file that somebody else may have open and save meanwhile: it is read anew each time, so that
    their changes stay. @throws Exception. */
class Recorder
{
public:
    explicit Recorder (std::filesystem::path project) : file (std::move (project)) {}

    /** Adds a take. @returns its id. */
    project::TakeId add (const project::TakeRecord& take) const;

    /** Writes down voices that were given or found. `before`: as they were read; a member that is not so any more stays. */
    void setCast (const project::Document& before, const project::Document& after) const;

private:
    void change (const std::function<void (project::Document&)>& edit) const;

    std::filesystem::path file;
};
} // namespace tableread::engine
