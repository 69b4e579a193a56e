// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Core/Error.h"
#include "Server/Http/Exchange.h"
#include "Server/Http/Head.h"
#include "Server/RenderWorker.h"

namespace tableread::engine
{
/** Answers with OpenAI's error object: an error with the status of its code, or what the HTTP server refuses. */
HttpAnswer answerOf (const Error& error);
HttpAnswer answerOf (const Refusal& refusal);

/** For a job that somebody cancelled before its first frame. */
HttpAnswer cancelledAnswer();

/** What a client is told whom the worker has no room for, and when it may come again. */
HttpAnswer busyAnswer (const RenderWorker& worker);
} // namespace tableread::engine
