// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <clocale>
#include <cstdlib>
#include <locale>
#include <string>

#include <catch2/catch.hpp>

#include "Support/Environment.h"
#include "Support/Program.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
/** The locale of a host where people write 1.234,5, made here and set for C and C++ in the whole process. Without the definitions
    of Debian's package "locales" C keeps its own, and a test says so. */
class CommaLocale
{
public:
    CommaLocale()
    {
        const auto place = folder.path() / "comma";
        if (runToEnd ({ "localedef", "--no-archive", "-i", "de_DE", "-f", "UTF-8", place.string() }).code ==
            0)
        {
            ::setenv ("LOCPATH", folder.path().c_str(), 1);
            REQUIRE (set ("comma"));
            REQUIRE (std::strtod ("0,5", nullptr) == 0.5);
        }
        else
            WARN ("there is no locale with a comma here: Debian's package locales has one");
        named = current();
    }

    ~CommaLocale()
    {
        std::locale::global (before);
        set (beforeInC.c_str());
    }
    CommaLocale (const CommaLocale&) = delete;
    CommaLocale& operator= (const CommaLocale&) = delete;

    /** Whether nobody has set another one. */
    bool isKept() const { return current() == named && std::locale() == own; }

private:
    struct Comma : std::numpunct<char>
    {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };

    static bool set (const char* name)
    {
        return std::setlocale (LC_ALL, name) != nullptr; // NOLINT(concurrency-mt-unsafe): nobody else does
    }
    static std::string current()
    {
        return std::setlocale (LC_ALL, nullptr); // NOLINT(concurrency-mt-unsafe): likewise
    }

    const Environment environment { { "LOCPATH" } };
    const TemporaryFolder folder;
    const std::string beforeInC = current();
    const std::locale own { std::locale::classic(), new Comma };
    const std::locale before = std::locale::global (own); // which has no name, so that C's stays
    std::string named;
};
} // namespace tableread::test
