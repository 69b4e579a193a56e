// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "State/SessionState.h"

using namespace tableread;
using namespace tableread::plugin;

namespace
{
SessionState full()
{
    SessionState state;
    state.script =
        "Anna: \"Gr\u00fc\u00dfe\", said the tab\t and the line\nBen: \u3053\u3093\u306b\u3061\u306f";
    state.cast = { { "Anna", { "Ada", "/voices/ada.wav" } }, { "Ben", { "david", {} } } };
    state.seed = 18'446'744'073'709'551'615u;
    state.guidanceScale = 1.75f;
    state.steps = 20;
    state.engine = "/opt/tableread/bin/tableread-engine";
    state.isRendered = true;
    return state;
}
} // namespace

TEST_CASE ("A session's state comes back as it was saved", "[plugin][state]")
{
    const auto read = parseState (toText (full()));
    REQUIRE (read);
    CHECK (*read == full());
    CHECK (parseState (toText (SessionState {})).value() == SessionState {});
}

TEST_CASE ("A state of version 1 opens the same forever", "[plugin][state]")
{
    std::ifstream file (TABLEREAD_ROOT "/Tests/Data/state/v1.json");
    const std::string text { std::istreambuf_iterator<char> (file), {} };
    const auto read = parseState (text);
    REQUIRE (read);
    CHECK (*read == full());
}

TEST_CASE ("A state without a guidance scale leaves it to the model", "[plugin][state]")
{
    auto state = full();
    state.guidanceScale.reset();
    CHECK (toText (state).find ("cfg_scale") == std::string::npos);
    CHECK_FALSE (parseState (toText (state)).value().guidanceScale);
    CHECK_FALSE (parseState (R"({"tableread_state": 1, "cfg_scale": "x"})").value().guidanceScale);
}

TEST_CASE ("A state of a newer version is refused by name, not half read", "[plugin][state]")
{
    const auto read = parseState (R"({"tableread_state": 2, "script": {"scenes": []}})");
    REQUIRE_FALSE (read);
    CHECK (read.error().code == ErrorCode::Unsupported);
    CHECK_THAT (read.error().message, Catch::Contains ("newer TableRead (state 2, this one reads up to 1)"));
}

TEST_CASE ("A text that is not a state is refused", "[plugin][state]")
{
    const std::string text =
        GENERATE (as<std::string>(), "", "{", "[]", "null", "7", "{}", R"({"tableread_state": "1"})",
                  R"({"tableread_state": -1})", "\xff\xfe\x00garbage", std::string (20'000'000, ' '));
    const auto read = parseState (text);
    REQUIRE_FALSE (read);
    CHECK (read.error().code == ErrorCode::InvalidInput);
}

TEST_CASE ("A damaged field keeps its default and leaves the others", "[plugin][state]")
{
    const auto read =
        parseState (R"({"tableread_state": 1, "script": "Anna: Hello.", "seed": "x", "steps": 1e300,
                                      "cfg_scale": -5, "cast": [7, {"speaker": 1}, {"speaker": "Anna", "voice": "ben"}]})");
    REQUIRE (read);
    CHECK (read->script == "Anna: Hello.");
    CHECK (read->seed == 0);
    CHECK (read->steps == 1000);
    CHECK (read->guidanceScale == 0.0f);
    REQUIRE (read->cast.size() == 2);
    CHECK (read->cast[1] == CastMember { "Anna", { "ben", {} } });
}
