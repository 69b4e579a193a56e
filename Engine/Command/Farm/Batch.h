// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "Command/Farm/Line.h"
#include "Command/Farm/Queue/Options.h"
#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"
#include "Command/Session.h"
#include "Command/SettingsOptions.h"

namespace tableread::engine
{
/** What `batch` was asked for. */
struct BatchOptions
{
    ModelOptions model;
    OffloadOptions offload { OffloadOptions::Passages::Auto };
    SettingsOptions settingsFile { SettingsOptions::Models::First };
    std::string typography = "auto";
    std::filesystem::path project, store;
    Chunk chunk;
    QueueOptions queue;        // with a URL: lines from there, and no project
    bool keepsWaiting = false; // when the queue is empty
    std::string node;          // this machine's name in it
    double graceSeconds = 5.0; // between SIGTERM and the end
    int workers = 0;           // processes; 0: one for each GPU, or one
    std::string worker;        // "i/n": this process is one of them; empty: it is their parent
    bool quiet = false;

    bool isQueue() const { return ! queue.address.url.empty(); }
};

/** Renders what the store lacks of a chunk of a project. @returns the exit code. @throws Exception for what can be refused
    before anything is spoken. */
int renderBatch (const BatchOptions& options, Session& session);
} // namespace tableread::engine
