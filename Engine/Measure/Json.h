// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::engine
{
/** The number that a person typed, not its nearest float: 1.3 and not 1.2999999523162842. */
double decimal (float value);
} // namespace tableread::engine
