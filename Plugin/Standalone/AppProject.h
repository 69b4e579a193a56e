// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Processor/Workspace.h"
#include "Standalone/Files/Documents.h"

namespace tableread::plugin
{
/** The app's workspace, as its files see it. */
class AppProject : public OpenProject
{
public:
    /** It outlives this. */
    explicit AppProject (Workspace& played) : workspace (played) {}

    project::Content content() const override { return workspace.content(); }
    void settle() override { workspace.readTyped(); }

    void replace (project::Content content, const std::filesystem::path& folder) override
    {
        workspace.load (content, folder);
    }

private:
    Workspace& workspace;
};
} // namespace tableread::plugin
