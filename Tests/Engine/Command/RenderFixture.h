// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Command/ModelOptions.h"
#include "CommandFixture.h"

namespace tableread::test
{
using Samples = std::vector<float>;

inline constexpr auto twoLines = "Anna: Good morning.\n[pause 100ms]\nBen: Is it?\n";

/** Runs `render` with one script and one output. */
struct RenderFixture : CommandFixture
{
    /** The rest of the command line after `render SCRIPT --format f32 -o out.wav`. */
    Outcome render (const std::string& script, std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "render",   write ("script.txt", script),
                                             "--format", "f32",
                                             "-o",       path ("out.wav") };
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }

    /** What the fake says for a line. */
    Samples line (const std::string& speaker, const std::string& text, const std::string& voice,
                  RenderSettings settings = {}, int frames = 5) const
    {
        auto audio = shelfOf (model()).fetch ({ voice, {} }).value().audio;
        audio.name = speaker;
        return FakeRenderer::expected ({ { { 0, text } }, { FakeRenderer::encode (audio) } }, settings,
                                       frames);
    }

    Samples outFloats() const { return wavFloats (read ("out.wav")); }
};

inline Samples operator+ (Samples a, const Samples& b)
{
    a.insert (a.end(), b.begin(), b.end());
    return a;
}
} // namespace tableread::test
