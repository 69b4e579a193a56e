// SPDX-License-Identifier: Apache-2.0
#include "Farm/Nats/Connection.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace tableread::engine
{
namespace
{
constexpr std::int64_t connectMs = 5'000, reconnectWaitMs = 500, answerMs = 10'000, flushMs = 2'000;
constexpr int reconnects = 120; // for a minute

std::vector<std::string> serversOf (const std::string& urls)
{
    std::vector<std::string> servers;
    for (std::size_t begin = 0; begin <= urls.size();)
    {
        const auto end = std::min (urls.find (',', begin), urls.size());
        servers.push_back (urls.substr (begin, end - begin));
        begin = end + 1;
    }
    return servers;
}

/** cnats would take "http://host" for a NATS server's. */
void checkUrl (const std::string& url, const NatsAddress& address)
{
    constexpr std::array<std::string_view, 2> schemes { "nats://", "tls://" };
    const bool hasScheme = url.find ("://") != std::string::npos;
    const bool isKnown = std::any_of (schemes.begin(), schemes.end(),
                                      [&url] (auto scheme) { return url.starts_with (scheme); });
    const bool hasHost = ! url.empty() && url.back() != '/' && url.back() != '@';
    if (! hasHost || (hasScheme && ! isKnown))
        fail (ErrorCode::InvalidInput,
              "this is no NATS server's URL. It must look like nats://host:4222 or tls://host.",
              address.shown());
}

std::string reason (natsStatus status)
{
    natsStatus last = NATS_OK;
    const auto* const said = nats_GetLastError (&last);
    return said != nullptr && last == status && *said != '\0' ? said : natsStatus_GetText (status);
}
} // namespace

std::string NatsAddress::shown() const
{
    std::string text;
    for (const auto& url : serversOf (url))
    {
        const auto at = url.rfind ('@');
        const auto scheme = url.find ("://");
        const auto host =
            at == std::string::npos
                ? url
                : url.substr (0, scheme == std::string::npos ? 0 : scheme + 3) + url.substr (at + 1);
        text += (text.empty() ? "" : ",") + host;
    }
    return text;
}

bool NatsAddress::isSecure() const
{
    const auto servers = serversOf (url);
    return ! authorities.empty() || ! certificate.empty() ||
           std::any_of (servers.begin(), servers.end(),
                        [] (const auto& server) { return server.starts_with ("tls://"); });
}

NatsConnection::NatsConnection (NatsAddress where) : address (std::move (where))
{
    connect();
    jsOptions options;
    jsOptions_Init (&options);
    options.Wait = answerMs;
    jsCtx* made = nullptr;
    check (natsConnection_JetStream (&made, link.get(), &options), "JetStream could not be used");
    context.reset (made);
    checkJetStream();
}

void NatsConnection::connect()
{
    natsOptions* made = nullptr;
    check (natsOptions_Create (&made), "NATS could not be used");
    const NatsHandle<natsOptions> options (made);
    auto urls = serversOf (address.url);
    std::vector<const char*> servers;
    for (const auto& url : urls)
    {
        checkUrl (url, address);
        servers.push_back (url.c_str());
    }
    const auto set = [this] (natsStatus status, const std::filesystem::path& file, const char* what) {
        if (status != NATS_OK)
            fail (ErrorCode::InvalidInput,
                  std::string (what) + " cannot be used: " + reason (status) + ". Choose another.",
                  file.empty() ? address.shown() : file.string());
    };
    set (natsOptions_SetServers (made, servers.data(), static_cast<int> (servers.size())), {}, "this URL");
    if (address.isSecure())
        set (natsOptions_SetSecure (made, true), {}, "TLS");
    if (! address.authorities.empty())
        set (natsOptions_LoadCATrustedCertificates (made, address.authorities.c_str()), address.authorities,
             "this file of certificates");
    if (! address.certificate.empty())
        set (natsOptions_LoadCertificatesChain (made, address.certificate.c_str(), address.key.c_str()),
             address.certificate, "this certificate and its key");
    if (! address.credentials.empty())
    {
        std::error_code none;
        if (! std::filesystem::is_regular_file (address.credentials, none))
            fail (ErrorCode::NotFound, "there is no file of credentials here.", address.credentials.string());
        set (natsOptions_SetUserCredentialsFromFiles (made, address.credentials.c_str(), nullptr),
             address.credentials, "this file of credentials");
    }
    for (const auto status :
         { natsOptions_SetName (made, "tableread-engine"), natsOptions_SetTimeout (made, connectMs),
           natsOptions_SetMaxReconnect (made, reconnects),
           natsOptions_SetReconnectWait (made, reconnectWaitMs), natsOptions_SetSendAsap (made, true) })
        check (status, "NATS could not be used");
    natsConnection* connected = nullptr;
    if (const auto status = natsConnection_Connect (&connected, made); status != NATS_OK)
        refuse (status);
    link.reset (connected);
}

/** Why there is no connection. */
void NatsConnection::refuse (natsStatus status) const
{
    // A server that does not want this client's certificate says so, or just hangs up.
    const bool hungUp = status == NATS_IO_ERROR || status == NATS_PROTOCOL_ERROR || status == NATS_ERR ||
                        status == NATS_CONNECTION_CLOSED;
    switch (hungUp && address.isSecure() ? NATS_SSL_ERROR : status)
    {
        case NATS_CONNECTION_AUTH_FAILED:
        case NATS_NOT_PERMITTED:
            fail (ErrorCode::InvalidInput,
                  "the NATS server refuses the credentials. Give others in the URL or with --nats-creds.",
                  address.shown());
        case NATS_SSL_ERROR:
        case NATS_SECURE_CONNECTION_REQUIRED:
        case NATS_SECURE_CONNECTION_WANTED:
            fail (ErrorCode::InvalidInput,
                  "TLS with the NATS server fails: " + reason (status) +
                      ". Look at the URL, --nats-ca, --nats-cert and --nats-key.",
                  address.shown());
        case NATS_ADDRESS_MISSING:
        case NATS_INVALID_ARG:
            fail (ErrorCode::InvalidInput,
                  "this is no NATS server's URL: " + reason (status) +
                      ". It must look like nats://host:4222 or tls://host.",
                  address.shown());
        default:
            fail (ErrorCode::Io,
                  "the NATS server is out of reach: " + reason (status) +
                      ". Start it, or look at the network.",
                  address.shown());
    }
}

void NatsConnection::checkJetStream() const
{
    jsAccountInfo* info = nullptr;
    jsErrCode code {};
    const auto status = js_GetAccountInfo (&info, context.get(), nullptr, &code);
    const NatsHandle<jsAccountInfo> freed (info);
    if (status == NATS_NO_RESPONDERS || code == JSNotEnabledErr || code == JSNotEnabledForAccountErr ||
        code == JSNoAccountErr)
        fail (ErrorCode::Unsupported,
              "the NATS server has no JetStream for this user. Start it with -js, or enable it for the "
              "account.",
              address.shown());
    check (status, "the server did not say whether it has JetStream", code);
}

void NatsConnection::flush() const
{
    (void) natsConnection_FlushTimeout (link.get(), flushMs); // what did not arrive is done again
}

void NatsConnection::check (natsStatus status, const std::string& what, jsErrCode code) const
{
    if (status == NATS_OK)
        return;
    const bool isForEver = status == NATS_MAX_PAYLOAD || status == NATS_INVALID_ARG ||
                           status == NATS_NOT_PERMITTED || code == JSStreamInvalidConfig ||
                           code == JSStreamMessageExceedsMaximumErr || code == JSStreamSubjectOverlapErr;
    fail (isForEver ? ErrorCode::InvalidInput : ErrorCode::Io, what + ": " + reason (status) + '.',
          address.shown());
}
} // namespace tableread::engine
