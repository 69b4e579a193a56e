// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "Project/File/Headless/Recorder.h"
#include "Take/SampleStore.h"

namespace tableread::plugin
{
/** Writes takes into a project's file as soon as they are in the project, and in the store. */
class TakeRecorder
{
public:
    /** @param writer  outlives this.
        @param place null: there is no store, and nothing is recorded but failures. */
    TakeRecorder (const project::Recorder& writer, std::shared_ptr<SampleStore> place,
                  const project::Document& opened);

    /** Of a project that is being played; on the thread that has changed it. */
    void record (const project::Document& document);

    /** The first. Once nothing is recorded any more. */
    const std::optional<Error>& problem() const { return first; }

private:
    const project::Recorder& recorder;
    std::shared_ptr<SampleStore> store;
    std::map<std::uint64_t, project::TakeRecord::State> known; // takes by their ids
    std::set<std::string> failures;                            // by what was asked for
    std::optional<Error> first;
};
} // namespace tableread::plugin
