// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Server/Models/Status.h"

namespace tableread::engine
{
/** What loading a model on a GPU with this room would keep where, as the loader itself plans it. Reads the headers of its
    files. Any thread.
    @throws Exception as planLoad() does, or if the files cannot be read. */
ModelPlan planLoading (const LoadOptions& options, const DeviceRoom& room);
} // namespace tableread::engine
