// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::engine
{
/** The decimal number that was typed instead of the nearest float: 1.3, not 1.2999999523162842. */
double decimal (float value);
} // namespace tableread::engine
