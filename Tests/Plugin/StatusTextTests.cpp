// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/StatusText.h"
#include "Editor/TakePeaks.h"

using namespace tableread;
using namespace tableread::plugin;

namespace
{
Performance::PassageView passage (TakeState state, int line, Take::Ending ending = Take::Ending::Whole)
{
    auto take = std::make_shared<Take>();
    take->append (std::vector<float> (24'000, 0.5f));
    if (state == TakeState::Done)
        take->finish (ending);
    if (state == TakeState::Cancelled)
        take->cancel();
    if (state == TakeState::Rendering)
        take->begin ("x");
    if (state == TakeState::Failed)
        take->fail ({ ErrorCode::NotFound, "the file is not there", "ada.wav" });
    return { take, {}, true, 0, line, 28 };
}
} // namespace

TEST_CASE ("The status line says what is happening", "[plugin][editor]")
{
    Performance::View view;
    CHECK_THAT (describe (view, std::nullopt).text, Catch::StartsWith ("Ready."));
    CHECK (describe (view, Error { ErrorCode::InvalidInput, "nothing to speak", {} }).isProblem);

    CHECK (describe (view, std::nullopt, { "line 2: odd", "line 3: odd" }).text ==
           "Note: line 2: odd (1 more note)");

    view.passages = { passage (TakeState::Done, 1), passage (TakeState::Rendering, 3),
                      passage (TakeState::Queued, 4) };
    view.isRendering = true;
    view.renderedSeconds = 3.0;
    view.elapsedSeconds = 2.0;
    view.link.phase = LinkStatus::Phase::Rendering;
    CHECK (describe (view, std::nullopt).text == "Speaking line 2 of 3  \u00b7  1.5\u00d7 real time");
    CHECK (describe (view, std::nullopt).progress == Approx ((2.4 + 1.0 + 1.0) / (3 * 2.4)));
    view.link.phase = LinkStatus::Phase::Starting;
    CHECK (describe (view, std::nullopt).text == "Starting the engine\u2026");

    view.isRendering = false;
    view.end = { 90LL * 24'000 };
    view.passages = { passage (TakeState::Done, 1), passage (TakeState::Cancelled, 2) };
    CHECK (describe (view, std::nullopt).text == "Stopped after 1 line, 1:30.0  \u00b7  1.5\u00d7 real time");
    CHECK_THAT (describe (view, std::nullopt, { "line 2: odd" }).text,
                Catch::EndsWith ("1 note on the script"));
    view.passages.push_back (passage (TakeState::Failed, 7));
    const auto failed = describe (view, std::nullopt);
    CHECK (failed.isProblem);
    CHECK (failed.text == "Line 7: ada.wav: the file is not there");
}

TEST_CASE ("The status line says how far an engine's start is", "[plugin][editor]")
{
    using Step = StartProgress::Step;
    Performance::View view;
    view.passages = { passage (TakeState::Queued, 1) };
    view.isRendering = true;
    view.link.phase = LinkStatus::Phase::Starting;
    const auto text = [&] (const StartProgress& start) {
        view.link.start = start;
        return describe (view, std::nullopt).text;
    };
    using std::chrono::milliseconds;
    CHECK (text ({ Step::Starting, milliseconds (1'000) }) == "Starting the engine\u2026");
    CHECK (text ({ Step::Starting, milliseconds (3'900) }) == "Starting the engine\u2026  3 s");
    CHECK (text ({ Step::Loading, milliseconds (12'000), "big", 5'400'000'000 }) ==
           "Loading big (5.4 GB)\u2026  12 s");
    CHECK (text ({ Step::Loading, milliseconds (1'000), "mini", 53'000'000, 0.4f }) ==
           "Loading mini (53 MB)\u2026  1 s  \u00b7  40 %");
    CHECK (text ({ Step::Loading, milliseconds (0) }) == "Loading the model\u2026  0 s");
    CHECK (text ({ Step::Silent, milliseconds (9'000) }) == "The engine has not answered for 9 s\u2026");
    CHECK (text ({ Step::Replacing }) == "Ending an engine of another version\u2026");
}

TEST_CASE ("The status line says what safe mode is about", "[plugin][editor]")
{
    Performance::View view;
    view.passages = { passage (TakeState::Failed, 7) };
    view.link.safeMode = SafeMode { "the engine ended with exit code 3", "/run/tableread/engine.log" };
    const auto status = describe (view, std::nullopt);
    CHECK (status.isProblem);
    CHECK (status.text ==
           "Safe mode: the engine ended with exit code 3. Log: /run/tableread/engine.log. Press Safe "
           "mode to try again, or to speak with the embedded model.");
    view.link.safeMode = SafeMode { "settings.toml:3: modles is not a setting. Did you mean models?" };
    CHECK (describe (view, std::nullopt).text ==
           "Safe mode: settings.toml:3: modles is not a setting. Did you mean models? Press Safe mode to try "
           "again, or to speak with the embedded model.");
    view.isRendering = true;
    CHECK_FALSE (describe (view, std::nullopt).isProblem);
}

TEST_CASE ("The status line names a line that was cut off", "[plugin][editor]")
{
    Performance::View view;
    view.passages = { passage (TakeState::Done, 1), passage (TakeState::Done, 4) };
    view.end = { 48'000 };
    CHECK (describe (view, std::nullopt).text == "Done: 2 lines, 0:02.0");
    view.passages[1] = passage (TakeState::Done, 4, Take::Ending::CutOff);
    CHECK (describe (view, std::nullopt).text ==
           "Done: 2 lines, 0:02.0  \u00b7  line 4 reached the length limit: its end may be missing");
    view.passages[0] = passage (TakeState::Done, 1, Take::Ending::CutOff);
    CHECK_THAT (describe (view, std::nullopt).text,
                Catch::Contains ("line 1 reached") && Catch::EndsWith ("(1 more line)"));
}

TEST_CASE ("Times are rounded as a whole", "[plugin][editor]")
{
    CHECK (clockText (0.0) == "0:00.0");
    CHECK (clockText (-3.0) == "0:00.0");
    CHECK (clockText (59.97) == "1:00.0");
    CHECK (clockText (3661.04) == "61:01.0");
}

TEST_CASE ("Peaks of a growing take are those of the whole", "[plugin][editor]")
{
    auto take = std::make_shared<Take>();
    TakePeaks growing (take);
    for (int i = 0; i < 50; ++i)
    {
        take->append (std::vector<float> (77, (float) (i % 7) - 3.0f));
        CHECK (growing.update());
    }
    CHECK_FALSE (growing.update());
    TakePeaks whole (take);
    whole.update();
    std::int64_t different = 0;
    for (std::int64_t at = 0; at < 50LL * 77; at += TakePeaks::step)
    {
        const auto a = growing.between (at, at + 1), b = whole.between (at, at + 1);
        different += a.low != b.low || a.high != b.high;
    }
    CHECK (different == 0);
    CHECK (whole.between (0, 50LL * 77).high == 3.0f);
    CHECK (whole.between (0, 50LL * 77).low == -3.0f);
    CHECK (whole.loudest() == 3.0f);
    CHECK (whole.between (1'000'000, 2'000'000).high == 0.0f);
}
