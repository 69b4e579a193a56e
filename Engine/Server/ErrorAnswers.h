// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Core/Error.h"
#include "Server/Http/Exchange.h"
#include "Server/Http/Head.h"

namespace tableread::engine
{
/** Answers with OpenAI's error object: an error with the status of its code, or what the HTTP server refuses. */
HttpAnswer answerOf (const Error& error);
HttpAnswer answerOf (const Refusal& refusal);
} // namespace tableread::engine
