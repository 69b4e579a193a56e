// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/Endpoints.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "Core/JsonFields.h"
#include "EngineLink/Protocol.h"
#include "Server/ErrorAnswers.h"
#include "Server/Jobs/Json.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;
using Clock = JobProgress::Clock;

constexpr const char* listPath = "/v1/tableread/jobs";
constexpr const char* jobPath = "/v1/tableread/jobs/{id}";
constexpr std::size_t mostChangeBytes = std::size_t { 64 } << 10;

HttpAnswer unknown (const std::string& id)
{
    return answerOf (Error { ErrorCode::NotFound,
                             "there is no job \"" + id + "\". Jobs are kept for ten minutes after their end.",
                             {} });
}

HttpAnswer answerWith (const Json& json)
{
    return { .body = json.dump (-1, ' ', false, Json::error_handler_t::replace) };
}

/** When a job is due, by a PATCH's body: {"due_ms": 250}, or null for not due. */
std::optional<Clock::time_point> readDue (const std::string& body)
{
    const auto json = parseJson (body, "the request");
    const JsonFields fields (json, {});
    if (! json.is_object() || ! json.contains ("due_ms"))
        throw Exception (
            { ErrorCode::InvalidInput, "only due_ms can be changed; give it a number or null", "due_ms" });
    if (fields.find ("due_ms") == nullptr)
        return {};
    const double ms = fields.number ("due_ms", 0.0f, 0.0f, static_cast<float> (protocol::maxDueMs));
    return Clock::now() + std::chrono::microseconds (std::llround (ms * 1000.0));
}
} // namespace

std::vector<HttpRoute> JobEndpoints::routes()
{
    return {
        { .path = listPath,
          .waits = true,
          .handle = [this] (const auto& exchange) { exchange->send (list()); } }, // thousands take a while
        { .path = jobPath,
          .handle = [this] (const auto& exchange) { exchange->send (get (exchange->request.parameter)); } },
        { .method = "PATCH",
          .path = jobPath,
          .mostBodyBytes = mostChangeBytes,
          .handle = [this] (const auto& exchange) { exchange->send (change (exchange->request)); } },
        { .method = "DELETE",
          .path = jobPath,
          .handle = [this] (const auto& exchange) { exchange->send (cancel (exchange->request.parameter)); } }
    };
}

HttpAnswer JobEndpoints::list() const
{
    Json data = Json::array();
    const auto now = Clock::now();
    for (const auto& record : board.all())
        data.push_back (toJson (record, now));
    return answerWith ({ { "object", "list" }, { "data", std::move (data) } });
}

HttpAnswer JobEndpoints::get (const std::string& id) const
{
    const auto record = board.find (id);
    return record ? answerWith (toJson (*record, Clock::now())) : unknown (id);
}

HttpAnswer JobEndpoints::change (const HttpRequest& request) const
{
    const auto record = board.find (request.parameter);
    if (! record)
        return unknown (request.parameter);
    try
    {
        const auto due = readDue (request.body);
        const auto job = record->job.lock();
        if (job == nullptr || record->progress->state().end)
            return answerOf (
                Error { ErrorCode::Conflict, "the job is over, so nothing of it can be changed.", {} });
        record->worker->setDue (*job, due);
        board.setDue (record->id, due);
    }
    catch (const Exception& exception)
    {
        return answerOf (exception.error);
    }
    return get (request.parameter);
}

/** A job that runs is cancelled and stays known; one that is over is forgotten. */
HttpAnswer JobEndpoints::cancel (const std::string& id) const
{
    const auto record = board.find (id);
    if (! record)
        return unknown (id);
    if (const auto job = record->job.lock(); job != nullptr && ! record->progress->state().end)
    {
        record->progress->ends ({ protocol::FinishReason::Cancelled, 0, {} });
        job->queue.cancel();
    }
    else
        board.remove (id);
    return answerWith ({ { "id", id }, { "object", "tableread.job" }, { "deleted", true } });
}
} // namespace tableread::engine
