// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "Project/Edit.h"
#include "Project/File/Format.h"
#include "Support/FileContent.h"

namespace tableread::test
{
/** A project of which only the script was typed. */
inline project::Content typed (const std::string& script, const project::Document& before = {})
{
    return { .document = std::make_shared<const project::Document> (
                 *project::apply (before, project::SetScript { script })) };
}
} // namespace tableread::test
