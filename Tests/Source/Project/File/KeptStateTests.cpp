// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Project/File/KeptState.h"
#include "Sample.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;

TEST_CASE ("A state that cannot be opened is handed back until it is discarded", "[source][project][state]")
{
    const auto whole = toText (contentWith (sampleDocument()));
    const auto [bytes, code] = GENERATE_COPY (table<std::string, ErrorCode> (
        { { R"({"tableread_state": 3, "all": "new"})", ErrorCode::Unsupported },
          { whole.substr (0, whole.size() * 97 / 100), ErrorCode::InvalidInput },
          { std::string ("\0\xff garbage", 10), ErrorCode::InvalidInput } }));
    KeptState state;
    const auto read = state.open (bytes);
    REQUIRE_FALSE (read);
    CHECK (read.error().code == code);
    CHECK (state.isReadOnly());
    REQUIRE (state.bytes() != nullptr);
    CHECK (*state.bytes() == bytes);
    REQUIRE (state.problem());
    CHECK (state.problem()->text() == read.error().text());
    CHECK (state.problem()->where == "the saved state");

    state.discard();
    CHECK_FALSE (state.isReadOnly());
    CHECK (state.bytes() == nullptr);
    CHECK_FALSE (state.problem());
}

TEST_CASE ("A state that opens takes the place of one that is kept", "[source][project][state]")
{
    KeptState state;
    CHECK_FALSE (state.open ("{"));
    CHECK (state.isReadOnly());
    const auto read = state.open (toText (contentWith (sampleDocument())));
    REQUIRE (read);
    CHECK ((*read->document == sampleDocument()));
    CHECK_FALSE (state.isReadOnly());
    CHECK_FALSE (state.problem());
}

TEST_CASE ("An empty state is nothing to keep", "[source][project][state]")
{
    KeptState state;
    CHECK_FALSE (state.open (""));
    CHECK_FALSE (state.isReadOnly());
    CHECK (state.problem());
}
