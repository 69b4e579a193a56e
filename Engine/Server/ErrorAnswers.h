// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Core/Error.h"
#include "Server/Http/Exchange.h"
#include "Server/Http/Parsing/Head.h"
#include "Server/Jobs/RenderWorker.h"

namespace tableread::engine
{
/** Answers with OpenAI's error object: an error with the status of its code, or what the HTTP server refuses. */
HttpAnswer answerOf (const Error& error);
HttpAnswer answerOf (const Refusal& refusal);

/** For a job that somebody cancelled before its first frame. */
HttpAnswer cancelledAnswer();

/** What a client is told whom the worker has no room for, and when it may come again. `why` is of code Busy. */
HttpAnswer busyAnswer (const RenderWorker& worker, const Error& why);
} // namespace tableread::engine
