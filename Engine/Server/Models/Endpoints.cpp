// SPDX-License-Identifier: Apache-2.0
#include "Server/Models/Endpoints.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "Offload/Fields.h"
#include "Render/Seats.h"
#include "Server/ErrorAnswers.h"
#include "Server/Http/Insist.h"
#include "Server/Http/Parsing/ContentCoding.h"
#include "Server/Models/Json.h"
#include "Server/Models/LoadRequest.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

constexpr const char* listPath = "/v1/models";
constexpr const char* modelPath = "/v1/models/{id}";
constexpr const char* planPath = "/v1/tableread/models/{id}/plan";
constexpr const char* loadPath = "/v1/tableread/models/{id}/load";
constexpr const char* unloadPath = "/v1/tableread/models/{id}/unload";
constexpr std::size_t mostBytes = std::size_t { 64 } << 10; // of a body

/** The way back to a client from a thread that may outlive the server: closed when the client or the server has gone. */
class Reply
{
public:
    static std::shared_ptr<Reply> to (const std::shared_ptr<Exchange>& client)
    {
        auto reply = std::make_shared<Reply>();
        reply->exchange = client;
        client->whenGone ([reply] {
            const std::lock_guard lock (reply->mutex);
            reply->exchange.reset();
        });
        return reply;
    }

    void send (HttpAnswer answer)
    {
        const std::lock_guard lock (mutex);
        if (exchange != nullptr)
            exchange->send (std::move (answer));
    }

private:
    std::mutex mutex;
    std::shared_ptr<Exchange> exchange;
};

HttpAnswer answerWith (const Json& json)
{
    return { .body = json.dump (-1, ' ', false, Json::error_handler_t::replace) };
}

/** What a change of a model is answered with. */
struct Asked
{
    ServedModel model;
    std::string id;                              // as the request names it
    std::vector<std::string> withoutEffect = {}; // on a CPU
    bool isLoad = false;
};

HttpAnswer toAnswer (const Asked& asked, const Result<ModelOutcome>& outcome)
{
    if (! outcome)
        return answerOf (Error { outcome.error().code, withNamesOfFields (outcome.error().message),
                                 outcome.error().where });
    auto json = toJson (asked.model, asked.id, outcome->status);
    auto& ours = json["tableread"];
    ours["changed"] = outcome->changed;
    ours["seconds"] = outcome->seconds;
    if (! asked.isLoad)
        ours["freed"] = { { "host_bytes", outcome->hostBytes }, { "device_bytes", outcome->deviceBytes } };
    const bool isOnCpu = outcome->status.info && ! outcome->status.info->offload;
    if (isOnCpu && ! asked.withoutEffect.empty())
        ours["notes"].push_back (withoutEffectOnCpu (asked.withoutEffect));
    return answerWith (json);
}

/** A model, and how somebody wants it to be loaded. */
struct Wanted
{
    const ServedModel& model;
    LoadRequest load;
};

/** Reads a request for a loading, or for a plan of one. @returns the answer that refuses it. */
tl::expected<Wanted, HttpAnswer> wantedBy (const HttpRequest& request, const ServedModels& served)
{
    const auto refuse = [] (const Error& error) { return tl::make_unexpected (answerOf (error)); };
    const auto found = served.find (request.parameter);
    if (! found)
        return refuse (found.error());
    const auto& model = **found;
    if (! model.load)
        return refuse ({ ErrorCode::Unsupported,
                         "this engine loads its models only when it starts. Start it again.",
                         {} });
    const auto body = decoded (request.body, request.field ("Content-Encoding"), mostBytes);
    if (! body)
        return tl::make_unexpected (answerOf (body.error()));
    auto wanted = parseLoadRequest (*body, model.options);
    if (! wanted)
        return refuse (wanted.error());
    if (const auto info = model.worker->info (model.index))
        if (const auto checked = checkLayers (*wanted, *info); ! checked)
            return refuse (checked.error());
    return Wanted { model, std::move (*wanted) };
}

void change (const std::shared_ptr<Exchange>& exchange, Asked asked, std::optional<ModelLoad> load)
{
    auto& worker = *asked.model.worker;
    const auto model = asked.model.index;
    worker.change ({ .model = model,
                     .load = std::move (load),
                     .done = [reply = Reply::to (exchange), asked = std::move (asked),
                              io = std::this_thread::get_id()] (const Result<ModelOutcome>& outcome) {
                         const auto tell = [&] { reply->send (toAnswer (asked, outcome)); };
                         if (std::this_thread::get_id() == io) // at once: whoever asked hears of a failure
                             tell();
                         else
                             insist (tell);
                     } });
}
} // namespace

std::vector<HttpRoute> ModelEndpoints::routes()
{
    return { { .path = listPath, .handle = [this] (const auto& exchange) { exchange->send (list()); } },
             { .path = modelPath,
               .handle =
                   [this] (const auto& exchange) { exchange->send (get (exchange->request.parameter)); } },
             { .method = "POST",
               .path = planPath,
               .mostBodyBytes = mostBytes,
               .waits = true,
               .handle = [this] (const auto& exchange) { exchange->send (plan (exchange->request)); } },
             { .method = "POST",
               .path = loadPath,
               .mostBodyBytes = mostBytes,
               .handle = [this] (const auto& exchange) { load (exchange); } },
             { .method = "POST",
               .path = unloadPath,
               .mostBodyBytes = mostBytes,
               .handle = [this] (const auto& exchange) { unload (exchange); } } };
}

/** With the other names of the first model: a client looks whether the list has the name that it will ask for. */
HttpAnswer ModelEndpoints::list() const
{
    Json data = Json::array();
    for (const auto& model : served.list())
        data.push_back (toJson (model, model.name, model.worker->status (model.index)));
    const auto names = served.names();
    const auto& first = served.first();
    for (const auto alias : ServedModels::aliases())
        if (std::ranges::find (names, alias) == names.end())
            data.push_back (toJson (first, std::string (alias), first.worker->status (first.index)));
    return answerWith ({ { "object", "list" }, { "data", std::move (data) } });
}

HttpAnswer ModelEndpoints::get (const std::string& id) const
{
    const auto found = served.find (id);
    if (! found)
        return answerOf (found.error());
    const auto& model = **found;
    return answerWith (toJson (model, id, model.worker->status (model.index)));
}

HttpAnswer ModelEndpoints::plan (const HttpRequest& request) const
{
    auto wanted = wantedBy (request, served);
    if (! wanted)
        return std::move (wanted.error());
    const auto& [model, load] = *wanted;
    const auto status = model.worker->status (model.index);
    if (status.state == ModelState::Loading && ! status.room)
        return answerOf (model.worker->loadingError());
    try
    {
        std::optional<ModelPlan> planned;
        if (status.room && model.plan)
            planned = model.plan (load.options, *status.room);
        auto json = toJson (model, request.parameter, load.options, planned);
        if (! status.room && ! load.withoutEffectOnCpu.empty())
            json["tableread"]["notes"].push_back (withoutEffectOnCpu (load.withoutEffectOnCpu));
        return answerWith (json);
    }
    catch (const Exception& refusal)
    {
        return answerOf (
            Error { refusal.error.code, withNamesOfFields (refusal.error.message), refusal.error.where });
    }
}

void ModelEndpoints::load (const std::shared_ptr<Exchange>& exchange) const
{
    const auto& request = exchange->request;
    auto read = wantedBy (request, served);
    if (! read)
        return exchange->send (std::move (read.error()));
    auto& [model, wanted] = *read;
    ModelLoad load { .load = [model = model, options = wanted.options] { return model.load (options); },
                     .seats = seatsFor (wanted.options.offload.settings.passages) };
    if (wanted.options != model.options)
        load.settings = wanted.options;
    change (exchange, { model, request.parameter, std::move (wanted.withoutEffectOnCpu), true },
            std::move (load));
}

void ModelEndpoints::unload (const std::shared_ptr<Exchange>& exchange) const
{
    const auto found = served.find (exchange->request.parameter);
    if (! found)
        return exchange->send (answerOf (found.error()));
    change (exchange, { **found, exchange->request.parameter }, {});
}
} // namespace tableread::engine
