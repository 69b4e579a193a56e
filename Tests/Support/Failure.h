// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <catch2/catch.hpp>

#include "Core/Error.h"

namespace tableread::test
{
/** The Error that `action` throws; the test fails if it throws nothing, or something else. */
template <typename Action>
Error failureOf (Action&& action)
{
    try
    {
        action();
    }
    catch (const Exception& exception)
    {
        return exception.error;
    }
    FAIL ("this should have been refused");
    return {};
}
} // namespace tableread::test

namespace Catch
{
template <>
struct StringMaker<tableread::ErrorCode>
{
    static std::string convert (tableread::ErrorCode code)
    {
        return "ErrorCode " + std::to_string (int (code));
    }
};
} // namespace Catch
