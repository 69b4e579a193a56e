// SPDX-License-Identifier: GPL-3.0-or-later
#include "Stand.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("A take is heard by itself, from its first sample to its last, and then no longer",
           "[plugin][audition]")
{
    const std::size_t block = GENERATE (1, 17, 512, 8192);
    PluginFixture fixture;
    StoredStand stand (fixture);
    const bool isOnTimeline = GENERATE (false, true);
    const auto take = isOnTimeline ? stand.second : stand.first;
    REQUIRE (stand.audition.play (take));
    CHECK (stand.audition.current() == take);
    CHECK (stand.audition.currentLine() == stand.line (0));
    CHECK ((stand.whole (block) == trimmed (faded (stand.speech (take)))));
    CHECK (stand.hear (64) == std::vector<float> (64));
    CHECK_FALSE (stand.audition.currentLine());
    CHECK_FALSE (stand.audition.problem());
}

TEST_CASE ("A line is heard as it is on the timeline, with its gain, though it is muted",
           "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    project::Member member = *project::memberOf (*stand.workspace.document(), "Ben");
    member.gainDb = 20.0 * std::log10 (0.5);
    member.isMuted = true;
    REQUIRE (stand.workspace.edit (project::SetMember { member }));
    REQUIRE (stand.audition.playLine (stand.line (1)));
    const auto take = stand.audition.current();
    CHECK (stand.record (take).line == stand.line (1));
    CHECK ((stand.whole (512) == trimmed (faded (stand.speech (take), 0.5f))));

    REQUIRE (stand.workspace.edit (project::ChooseTake { stand.line (0), stand.first }));
    REQUIRE (stand.audition.playLine (stand.line (0)));
    CHECK (stand.audition.current() == stand.first);
}

TEST_CASE ("It is added to what each channel has", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    const auto before = stand.begin (1000);
    std::vector<float> left (1000, 0.25f), right (1000, -0.5f);
    std::array<float*, 2> channels { left.data(), right.data() };
    stand.audition.mix (channels, left.size());
    const auto speech = stand.speech (stand.first);
    for (std::size_t i = 0; i < left.size(); ++i)
    {
        left[i] -= 0.25f + speech[1000 + i];
        right[i] -= speech[1000 + i] - 0.5f;
    }
    CHECK (left == std::vector<float> (1000));
    CHECK (right == std::vector<float> (1000));
}

TEST_CASE ("What is stopped fades", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    stand.begin (1000);
    stand.audition.stop();
    CHECK_FALSE (stand.audition.current());
    auto expected = stand.speech (stand.first);
    for (int i = 0; i < fade; ++i)
        expected[1000 + (std::size_t) i] *= (float) (fade - 1 - i) / (float) fade;
    const auto end = stand.hear (fade);
    CHECK ((end == std::vector<float> (expected.begin() + 1000, expected.begin() + 1000 + fade)));
    CHECK (stand.hear (1000) == std::vector<float> (1000));
}

TEST_CASE ("It sounds at the host's rate, and another rate ends it", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    stand.audition.setHostRate (48'000.0);
    REQUIRE (stand.audition.play (stand.first));
    CHECK ((stand.whole (512) == trimmed (faded (stand.atRate (stand.first, 48'000.0)))));

    REQUIRE (stand.audition.play (stand.first));
    stand.begin (512);
    stand.audition.setHostRate (48'000.0); // the same: it goes on
    CHECK (stand.audition.current() == stand.first);
    stand.audition.setHostRate (44'100.0);
    CHECK_FALSE (stand.audition.current());
    stand.hear (fade);
    CHECK (stand.hear (512) == std::vector<float> (512));

    REQUIRE (stand.audition.play (stand.second));
    CHECK ((stand.whole (512) == trimmed (faded (stand.atRate (stand.second, 44'100.0)))));
}

TEST_CASE ("Without a store, takes of this session are heard and compared", "[plugin][audition]")
{
    PluginFixture fixture;
    auto options = fixture.options();
    options.stage.store = nullptr;
    Stand stand (options);
    for (const auto take : { stand.first, stand.second })
    {
        REQUIRE (stand.audition.play (take));
        CHECK (std::abs ((std::int64_t) stand.whole (512).size() - stand.record (take).length.value) < fade);
    }
}

TEST_CASE ("Another project ends it", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    stand.begin (64);
    stand.workspace.load (*stand.workspace.save());
    CHECK_FALSE (stand.audition.current());
}
