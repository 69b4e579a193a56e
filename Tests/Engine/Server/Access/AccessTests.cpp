// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "Server/Access/Access.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
const std::string secretToken = "0123456789abcdef";
const std::string page = "https://example.org";

Access make (Access::Settings settings)
{
    if (settings.addresses.empty())
        settings.addresses = { { { "127.0.0.1", true, 8080 } }, { { "::1", true, 8080 } } };
    return Access::make (std::move (settings)).value();
}

HttpRequest getFrom (const std::string& host, HttpFields more = {}, const std::string& path = "/health")
{
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.fields = std::move (more);
    request.fields.insert (request.fields.begin(), { "Host", host });
    request.host = host;
    return request;
}

/** 0: admitted. */
int statusOf (const HttpAdmission& admission)
{
    return admission.refusal ? admission.refusal->status : 0;
}

std::string valueIn (const HttpFields& fields, const std::string& name)
{
    for (const auto& [key, value] : fields)
        if (key == name)
            return value;
    return {};
}

std::string refusal (Access::Settings settings)
{
    const auto refused = Access::make (std::move (settings));
    if (refused)
        return {};
    CHECK (refused.error().code == ErrorCode::InvalidInput);
    return refused.error().message;
}
} // namespace

TEST_CASE ("Over TCP a request names a host that is listened at", "[engine][server][access]")
{
    const auto access = make ({});
    const auto host = GENERATE (as<std::string> {}, "127.0.0.1", "127.0.0.1:8080", "127.0.0.1:9", "localhost",
                                "LocalHost:8080", "[::1]", "[::1]:8080", "[0:0:0:0:0:0:0:1]:8080");
    CAPTURE (host);
    CHECK (statusOf (access.admit (getFrom (host))) == 0);
}

TEST_CASE ("A page that has given itself this engine's address is refused by its name",
           "[engine][server][access][errors]")
{
    const auto access = make ({ .hosts = { "tts.example.org" } });
    const auto host =
        GENERATE (as<std::string> {}, "evil.example", "evil.example:8080", "localhost.evil.example",
                  "evil-localhost", "localhost.", "127.0.0.1.evil.example", "127.0.0.2", "127.1",
                  "0x7f.0.0.1", "2130706433", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[::2]:8080", "::1",
                  "", " ", "localhost:8080:80", "localhost:x", "localhost/", "evil@localhost",
                  "localhost,evil.example", "x.tts.example.org", "tts.example.org.evil.example");
    CAPTURE (host);
    const auto admission = access.admit (getFrom (host));
    CHECK (statusOf (admission) == 403);
    CHECK (admission.fields.empty());
    const auto error = nlohmann::json::parse (admission.refusal->body)["error"];
    CHECK (error["code"] == "forbidden");
    CHECK (error["type"] == "invalid_request_error");
    CHECK_THAT (error["message"].get<std::string>(),
                Catch::Contains ('"' + host + '"') && Catch::Contains ("--allow-host"));
}

TEST_CASE ("The refusal of a host is of readable length whatever the host is",
           "[engine][server][access][errors]")
{
    CHECK (make ({}).admit (getFrom (std::string (30'000, 'x'))).refusal->body.size() < 400);
    CHECK (statusOf (make ({}).admit (getFrom ("\xff\xfe\"\\"))) == 403);
}

TEST_CASE ("Other names of an engine are a setting", "[engine][server][access]")
{
    const auto access =
        make ({ .hosts = { "TTS.example.org", "192.0.2.7", "2001:DB8::1", "[2001:db8::2]" } });
    for (const auto* host : { "tts.example.org", "tts.EXAMPLE.org:443", "192.0.2.7:80", "[2001:db8::1]",
                              "[2001:db8::2]:1", "localhost" })
    {
        CAPTURE (host);
        CHECK (statusOf (access.admit (getFrom (host))) == 0);
    }
    const auto wrong = GENERATE (as<std::string> {}, "", "tts.example.org:80", "[::1]:80",
                                 "https://tts.example.org", "a b", "*", "*.example.org", "[tts]");
    CAPTURE (wrong);
    CHECK_THAT (refusal ({ .hosts = { wrong } }),
                Catch::Contains ('"' + wrong + '"') && Catch::Contains ("--allow-host"));
}

TEST_CASE ("An engine that listens at all addresses is called by any of them but by no name",
           "[engine][server][access]")
{
    const auto access = make ({ .addresses = { { { "0.0.0.0", true, 80 } } }, .token = Token (secretToken) });
    const HttpFields token { { "Authorization", "Bearer " + secretToken } };
    CHECK (statusOf (access.admit (getFrom ("192.0.2.7:8080", token))) == 0);
    CHECK (statusOf (access.admit (getFrom ("localhost", token))) == 0);
    CHECK (statusOf (access.admit (getFrom ("evil.example", token))) == 403);
}

TEST_CASE ("Only HTTP/1.0 may leave its host out", "[engine][server][access]")
{
    auto old = getFrom ("");
    CHECK (statusOf (make ({}).admit (old)) == 403);
    old.fields.clear();
    CHECK (statusOf (make ({}).admit (old)) == 0);
    old.fields = { { "host", "" } };
    CHECK (statusOf (make ({}).admit (old)) == 403);
}

TEST_CASE ("A page of another site is refused by its origin", "[engine][server][access][errors]")
{
    const auto access = make ({ .origins = { page, "http://localhost:3000" } });
    const auto origin =
        GENERATE (as<std::string> {}, "https://evil.example", "null", "", "http://example.org",
                  "https://example.org:8443", "https://example.org.evil.example", "https://example.orgx",
                  "https://example.or", "HTTPS://EXAMPLE.ORG", "http://localhost", "http://127.0.0.1:8080");
    CAPTURE (origin);
    const auto admission = access.admit (getFrom ("localhost", { { "Origin", origin } }));
    CHECK (statusOf (admission) == 403);
    CHECK (admission.fields.empty());
    CHECK_THAT (admission.refusal->body, Catch::Contains ("--allow-origin"));
    CHECK (statusOf (access.admit (getFrom ("localhost", { { "Origin", page }, { "origin", origin } }))) ==
           403);
    CHECK (statusOf (make ({}).admit (getFrom ("localhost", { { "Origin", page } }))) == 403);
}

TEST_CASE ("A page of an allowed origin may read its answers and those that refuse it",
           "[engine][server][access]")
{
    const auto access = make ({ .origins = { page }, .token = Token (secretToken) });
    const HttpFields fields { { "Origin", page } };
    const auto refused = access.admit (getFrom ("localhost", fields));
    CHECK (statusOf (refused) == 401);
    CHECK (valueIn (refused.fields, "Access-Control-Allow-Origin") == page);
    CHECK (valueIn (refused.fields, "Vary") == "Origin");
    const auto admitted = access.admit (
        getFrom ("localhost", { { "Origin", page }, { "Authorization", "Bearer " + secretToken } }));
    CHECK (statusOf (admitted) == 0);
    CHECK (valueIn (admitted.fields, "Access-Control-Allow-Origin") == page);
    CHECK (access.admit (getFrom ("localhost", { { "Authorization", "Bearer " + secretToken } }))
               .fields.empty());
    CHECK (statusOf (access.admit (getFrom ("evil.example", fields))) == 403);
}

TEST_CASE ("A browser that asks first is answered only for an allowed origin", "[engine][server][access]")
{
    const auto access = make ({ .origins = { page }, .token = Token (secretToken) });
    auto question =
        getFrom ("localhost", { { "Origin", page }, { "Access-Control-Request-Method", "POST" } });
    question.method = "OPTIONS";
    const auto answer = access.admit (question);
    CHECK (statusOf (answer) == 200);
    CHECK (valueIn (answer.refusal->fields, "Access-Control-Allow-Headers") == "Authorization, *");
    CHECK (valueIn (answer.refusal->fields, "Access-Control-Allow-Methods") == "GET, POST, PATCH, DELETE");
    CHECK (valueIn (answer.fields, "Access-Control-Allow-Origin") == page);
    question.fields[1].second = "https://evil.example";
    CHECK (statusOf (access.admit (question)) == 403);
    auto plain = getFrom ("localhost", { { "Origin", page } });
    plain.method = "OPTIONS";
    CHECK (statusOf (access.admit (plain)) == 401);
    plain.fields.erase (plain.fields.begin() + 1);
    CHECK (statusOf (make ({}).admit (plain)) == 0); // for the endpoint, which says 405
}

TEST_CASE ("An origin in the settings is one as browsers send it", "[engine][server][access][errors]")
{
    CHECK (refusal ({ .origins = { "http://[::1]:3000", "tauri://localhost", "chrome-extension://abcdef" } })
               .empty());
    const auto wrong =
        GENERATE (as<std::string> {}, "", "*", "null", "example.org", "https://", "https://example.org/",
                  "https://Example.org", "HTTPS://example.org", "https:example.org", "://example.org",
                  "https://a b", "https://*.example.org", "https://example.org:x");
    CAPTURE (wrong);
    CHECK_THAT (refusal ({ .origins = { wrong } }), Catch::Contains ("--allow-origin"));
}

TEST_CASE ("With a token a request needs exactly this one", "[engine][server][access]")
{
    const auto access = make ({ .token = Token (secretToken) });
    const auto status = [&] (const std::string& value) {
        return statusOf (access.admit (getFrom ("localhost", { { "authorization", value } })));
    };
    CHECK (access.wantsToken());
    CHECK (status ("Bearer " + secretToken) == 0);
    CHECK (status ("bearer " + secretToken) == 0);
    CHECK (status ("BEARER   " + secretToken) == 0);
    auto first = secretToken, last = secretToken;
    ++first.front();
    ++last.back();
    const auto wrong =
        GENERATE_COPY (as<std::string> {}, "", "Bearer", "Bearer ", secretToken, "Bearer" + secretToken,
                       "Bearer\t" + secretToken, "Basic " + secretToken, "Bearer " + first, "Bearer " + last,
                       "Bearer " + secretToken.substr (1), "Bearer " + secretToken.substr (0, 15),
                       "Bearer " + secretToken + "x", "Bearer " + secretToken + " ", "Bearer x" + secretToken,
                       "Bearer \"" + secretToken + "\"", "Bearer " + secretToken + ", Bearer " + secretToken,
                       "Token " + secretToken, " Bearer " + secretToken);
    CAPTURE (wrong);
    CHECK (status (wrong) == 401);
}

TEST_CASE ("A missing or wrong or doubled token gets the same kind of answer",
           "[engine][server][access][errors]")
{
    const auto access = make ({ .token = Token (secretToken) });
    const HttpFields right { { "Authorization", "Bearer " + secretToken } };
    const auto fields =
        GENERATE_COPY (values<HttpFields> ({ {},
                                             { { "Authorization", "Bearer 0123456789abcdeF" } },
                                             { right[0], right[0] },
                                             { right[0], { "authorization", "Bearer x" } },
                                             { { "Proxy-Authorization", right[0].second } } }));
    const auto admission = access.admit (getFrom ("localhost", fields));
    REQUIRE (statusOf (admission) == 401);
    CHECK (valueIn (admission.refusal->fields, "WWW-Authenticate") == "Bearer");
    const auto error = nlohmann::json::parse (admission.refusal->body)["error"];
    CHECK (error["code"] == "invalid_api_key");
    CHECK (error["type"] == "invalid_request_error");
    CHECK (error["param"].is_null());
    CHECK_THAT (error["message"].get<std::string>(), Catch::Contains ("Authorization: Bearer TOKEN"));
    CHECK_THAT (admission.refusal->body, ! Catch::Contains (secretToken));
}

TEST_CASE ("Balancers ask without a token whether an engine is alive and ready", "[engine][server][access]")
{
    const auto access = make ({ .token = Token (secretToken) });
    const auto status = [&] (const std::string& path, const std::string& host = "localhost") {
        return statusOf (access.admit (getFrom (host, {}, path)));
    };
    CHECK (status ("/livez") == 0);
    CHECK (status ("/readyz") == 0);
    CHECK (status ("/livez", "evil.example") == 403);
    for (const auto* path : { "/health", "/metrics", "/version", "/v1/models", "/v1/audio/speech", "/livez/",
                              "/readyz/x", "/Livez", "//livez", "/%6civez", "", "/" })
    {
        CAPTURE (path);
        CHECK (status (path) == 401);
    }
}

TEST_CASE ("What other machines can reach needs a token", "[engine][server][access][errors]")
{
    const auto place = GENERATE (as<std::string> {}, "0.0.0.0", "::", "192.0.2.1", "::ffff:127.0.0.1");
    CAPTURE (place);
    const std::vector<TcpAddress> addresses { { { "127.0.0.1", true, 80 } }, { { place, true, 80 } } };
    CHECK_THAT (refusal ({ .addresses = addresses }),
                Catch::Contains (addresses[1].text()) && Catch::Contains ("--token-file"));
    CHECK (refusal ({ .addresses = addresses, .token = Token (secretToken) }).empty());
    CHECK (refusal ({ .addresses = { addresses[0] } }).empty());
    CHECK (! make ({ .addresses = { addresses[0] } }).wantsToken());
}

TEST_CASE ("A Unix socket serves its own user and root", "[engine][server][access]")
{
    CHECK (mayUse (1000, 1000));
    CHECK (mayUse (0, 1000));
    CHECK (! mayUse (1001, 1000));
    CHECK (! mayUse (65534, 0));
    CHECK (! mayUse (1000, 0));
}
