// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tableread::test
{
/** The built plugin in one of its formats. */
struct PluginFormat
{
    const char* name;
    const char* bundle;
};

inline constexpr PluginFormat pluginFormats[] = { { "VST3", TABLEREAD_VST3 }, { "LV2", TABLEREAD_LV2 } };
} // namespace tableread::test
