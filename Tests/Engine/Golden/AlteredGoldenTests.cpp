// SPDX-License-Identifier: Apache-2.0
// A replay that calls everything equal would pass GoldenTests: here it must find what was changed.
#include <cmath>
#include <cstring>
#include <functional>

#include <catch2/catch.hpp>

#include "Engine/Golden/GoldenFolder.h"
#include "Render/Replay.h"
#include "Support/Failure.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
/** A copy of a golden that may be changed, with links followed. */
struct Copy
{
    explicit Copy (const std::string& golden)
    {
        for (const auto& entry : fs::directory_iterator (goldenRoot / golden))
            fs::copy_file (entry.path(), path() / entry.path().filename());
    }

    fs::path path() const { return folder.path(); }

    TemporaryFolder folder;
};

std::string textOf (const fs::path& path)
{
    std::ifstream file (path, std::ios::binary);
    return { std::istreambuf_iterator<char> (file), {} };
}

void write (const fs::path& path, const std::string& text)
{
    std::ofstream file (path, std::ios::binary | std::ios::trunc);
    file << text;
    REQUIRE (file.flush());
}

void replaceOnce (const fs::path& path, const std::string& from, const std::string& to)
{
    auto text = textOf (path);
    const auto at = text.find (from);
    REQUIRE (at != std::string::npos);
    write (path, text.replace (at, from.size(), to));
}

/** Changes the floats of one tensor in a file. */
void change (const fs::path& path, const SafetensorsEntry& entry, std::uint64_t dataStart,
             const std::function<float (float)>& to)
{
    std::fstream file (path, std::ios::binary | std::ios::in | std::ios::out);
    std::vector<float> values ((entry.end - entry.begin) / sizeof (float));
    const auto bytes = (std::streamsize) (values.size() * sizeof (float));
    file.seekg ((std::streamoff) (dataStart + entry.begin));
    file.read (reinterpret_cast<char*> (values.data()), bytes);
    for (auto& value : values)
        value = to (value);
    file.seekp ((std::streamoff) (dataStart + entry.begin));
    file.write (reinterpret_cast<const char*> (values.data()), bytes);
    REQUIRE (file.flush());
}

SafetensorsHeader headerOf (const fs::path& path)
{
    const auto text = textOf (path);
    return SafetensorsHeader::parse (std::as_bytes (std::span (text.data(), text.size())), path.string());
}

double worst (const std::map<std::string, double>& errors)
{
    double most = 0;
    for (const auto& [name, error] : errors)
        most = std::isfinite (error) ? std::max (most, error) : INFINITY;
    return most;
}
} // namespace

TEST_CASE ("A replay finds a golden tensor that was changed", "[engine][golden]")
{
    const Copy copy ("b-free");
    const auto path = copy.path() / "golden.safetensors";
    const auto header = headerOf (path);
    std::set<std::string> changed;
    for (const auto& entry : header.entries)
    {
        auto type = entry.name;
        std::erase_if (type, [] (unsigned char c) { return std::isdigit (c) != 0; });
        if (! comparedClasses (copy.path()).contains (type) || ! changed.insert (type).second)
            continue;
        INFO (entry.name);
        const auto backup = textOf (path);
        change (path, entry, header.dataStart, [] (float x) { return x * 1.001f; });
        const auto report = replay (copy.path(), { .threads = 1 });
        CHECK (report.forced.at (type) == Approx (1e-3).margin (1e-4));
        write (path, backup);
    }
    CHECK (changed == comparedClasses (copy.path()));
}

TEST_CASE ("A replay refuses a golden with a tensor that the engine never makes", "[engine][golden]")
{
    const Copy copy ("a-free");
    replaceOnce (copy.path() / "golden.safetensors", "\"f0.semantic\"", "\"f0.semantix\"");
    const auto error = failureOf ([&] { replay (copy.path(), { .threads = 1 }); });
    CHECK_THAT (error.text(), Catch::Contains ("f0.semantix"));
}

TEST_CASE ("A replay reports tokens that the engine would not have chosen", "[engine][golden]")
{
    const Copy copy ("a-free");
    const auto json = goldenJson (copy.path());
    const auto end = std::to_string (json.at ("special").at ("eos").get<int>());
    const auto endOfText = std::to_string (json.at ("special").at ("text_eos").get<int>());
    REQUIRE (replay (copy.path(), { .threads = 1 }).tokensEqual);
    replaceOnce (copy.path() / "golden.json", ", " + endOfText + "]", ", " + end + "]");
    CHECK_FALSE (replay (copy.path(), { .threads = 1 }).tokensEqual);
}

TEST_CASE ("Every weight counts: a replay finds each one that was changed", "[engine][golden][.slow]")
{
    const Copy copy ("a-plain");
    const auto path = copy.path() / "model.safetensors";
    const auto header = headerOf (path);
    const auto original = textOf (path);
    CHECK (header.entries.size() > 250);
    for (const auto& entry : header.entries)
    {
        INFO (entry.name);
        change (path, entry, header.dataStart, [] (float x) { return 1.1f * x + 0.01f; });
        CHECK (worst (replay (copy.path(), { .threads = 1 }).forced) > forcedTolerance);
        write (path, original);
    }
}
