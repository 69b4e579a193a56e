// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "Engine/Command/Project/ProjectFixture.h"
#include "Take/Store/TakeStore.h"

namespace tableread::test
{
inline constexpr auto sixLines = "Anna: One.\nBen: Two.\nAnna: Three.\nBen: Four.\nAnna: Five.\nBen: Six.\n";

/** Runs `batch` and `gather` with a project and a store of its own. */
struct FarmFixture : ProjectFixture
{
    explicit FarmFixture (const std::string& script = sixLines)
    {
        make (script);
        std::filesystem::create_directory (storeFolder());
    }

    Outcome batch (std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "batch", input, "--store", storeFolder(), "-q" };
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }

    Outcome gather (const std::string& into = "gathered")
    {
        return run ({ "gather", input, "--store", storeFolder(), "-o", path (into), "-q" });
    }

    /** The first line is locked, its take is of other words and not in this store: nobody can speak it again. */
    void loseFirstTake (const std::string& changedScript)
    {
        REQUIRE (renderProject().code == 0); // into another store
        change (project::SetLocked { { document().lines[0]->id }, true });
        change (project::SetScript { changedScript });
    }

    std::string storeFolder() const { return path ("takes"); }

    std::string input = file(); // a project, or a manifest

    TakeStore takeStore() const { return TakeStore ({ .folder = storeFolder() }); }

    /** The lines of standard output. */
    static std::vector<nlohmann::json> said (const Outcome& outcome)
    {
        std::vector<nlohmann::json> lines;
        std::istringstream text (outcome.out);
        for (std::string line; std::getline (text, line);)
            lines.push_back (nlohmann::json::parse (line));
        return lines;
    }

    /** The numbers of the lines of which this was said, sorted. */
    static std::vector<int> numbers (const Outcome& outcome, const std::string& state)
    {
        std::vector<int> found;
        for (const auto& line : said (outcome))
            if (line.value ("state", "") == state)
                found.push_back (line["line"]);
        std::sort (found.begin(), found.end());
        return found;
    }

    /** What was said of the chunk, which is the last line. */
    static nlohmann::json chunk (const Outcome& outcome)
    {
        const auto lines = said (outcome);
        return lines.empty() ? nlohmann::json() : lines.back();
    }
};
} // namespace tableread::test
