// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "Command/Session.h"
#include "Project/File/Collect.h"
#include "Support/FakeRenderer.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
using namespace engine;

/** Runs command lines with a FakeRenderer, as a program that is installed next to the embedded model. */
struct CommandFixture
{
    CommandFixture()
    {
        std::filesystem::create_directories (folder.path() / "share/tableread/models");
        std::filesystem::create_directory_symlink (TABLEREAD_ROOT "/Assets/models/mini", model());
    }

    struct Outcome
    {
        int code = -1;
        std::string out, err;
    };

    Session session (std::ostream& out, std::ostream& err)
    {
        return { .load =
                     [this] (const LoadOptions& options) {
                         loaded = options;
                         return std::make_unique<FakeRenderer> (control);
                     },
                 .out = out,
                 .err = err,
                 .terminalColumns = terminalColumns,
                 .executable = folder.path() / "bin/tableread-engine",
                 .recordingReader = recordingReader,
                 .convert = convert,
                 .measureGpu = measureGpu,
                 .takes = takes,
                 .hasStandardOutput = hasStandardOutput,
                 .errDescriptor = errDescriptor,
                 .exitNow = [this] (int code) { exitedWith = code; } };
    }

    Outcome run (const std::vector<std::string>& arguments)
    {
        std::ostringstream out, err;
        auto context = session (out, err);
        context.continueWithTorch = continueWithTorch;
        const int code = runCommandLine (arguments, context);
        return { code, out.str(), err.str() };
    }

    std::filesystem::path model() const { return folder.path() / "share/tableread/models/mini"; }
    std::string path (const std::string& name) const { return (folder.path() / name).string(); }

    std::string write (const std::string& name, const std::string& text) const
    {
        std::ofstream (folder.path() / name, std::ios::binary) << text;
        return path (name);
    }

    std::string read (const std::string& name) const
    {
        std::ifstream in (folder.path() / name, std::ios::binary);
        return { std::istreambuf_iterator<char> (in), {} };
    }

    /** Names of the files in the fixture's folder that it did not come with. */
    std::vector<std::string> files (const std::string& below = {}) const
    {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator (folder.path() / below))
            if (entry.path().filename() != "share")
                names.push_back (entry.path().filename().string());
        std::sort (names.begin(), names.end());
        return names;
    }

    test::TemporaryFolder folder;
    std::shared_ptr<FakeRendererControl> control = std::make_shared<FakeRendererControl>();
    LoadOptions loaded;
    std::filesystem::path recordingReader; // empty: in this process
    int terminalColumns = 0;
    bool hasStandardOutput = true;
    int errDescriptor = -1;
    std::atomic<int> exitedWith { -1 }; // instead of ending the tests
    std::function<void()> continueWithTorch;
    std::function<ConvertReport (const ConvertRequest&)> convert;
    std::function<std::optional<GpuMeasures>()> measureGpu;
    std::function<std::shared_ptr<TakeStore> (const Settings&)> takes;
};

/** The float samples after the header of a WAV file; the header must state their size. */
inline std::vector<float> wavFloats (const std::string& bytes)
{
    const auto data = bytes.find ("data");
    std::uint32_t size = 0;
    if (data == std::string::npos || bytes.size() < data + 8)
        return {};
    std::memcpy (&size, bytes.data() + data + 4, sizeof (size));
    if (bytes.size() < data + 8 + size)
        return {};
    std::vector<float> samples (size / sizeof (float));
    std::memcpy (samples.data(), bytes.data() + data + 8, size);
    return samples;
}
} // namespace tableread::test
