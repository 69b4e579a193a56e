// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <nats/nats.h>

#include "Core/Error.h"
#include "Farm/Nats/Address.h"

namespace tableread::engine
{
/** Frees what cnats has made. */
struct NatsDeleter
{
    void operator() (natsConnection* connection) const { natsConnection_Destroy (connection); }
    void operator() (natsOptions* options) const { natsOptions_Destroy (options); }
    void operator() (natsSubscription* subscription) const { natsSubscription_Destroy (subscription); }
    void operator() (natsMsg* message) const { natsMsg_Destroy (message); }
    void operator() (jsCtx* context) const { jsCtx_Destroy (context); }
    void operator() (jsPubAck* acknowledgement) const { jsPubAck_Destroy (acknowledgement); }
    void operator() (jsStreamInfo* info) const { jsStreamInfo_Destroy (info); }
    void operator() (jsConsumerInfo* info) const { jsConsumerInfo_Destroy (info); }
    void operator() (jsAccountInfo* info) const { jsAccountInfo_Destroy (info); }
    void operator() (jsMsgMetaData* data) const { jsMsgMetaData_Destroy (data); }
};

template <typename T>
using NatsHandle = std::unique_ptr<T, NatsDeleter>;

/** A connection to a NATS server with JetStream. It connects again by itself when it was lost, for a minute.

    Threads   any */
class NatsConnection
{
public:
    /** @throws Exception Io if the server is out of reach; InvalidInput if the address or a file cannot be used, the server
        refuses the credentials, or TLS fails; Unsupported if it has no JetStream. */
    explicit NatsConnection (NatsAddress where);

    natsConnection* connection() const { return link.get(); }
    jsCtx* stream() const { return context.get(); }

    /** It was away for so long that it will not come back. */
    bool isLost() const { return natsConnection_IsClosed (link.get()); }

    /** Waits until the server has all that was sent, but not for long. */
    void flush() const;

    /** @throws Exception if a call has failed; `what` could not be done: "the line could not be published". */
    void check (natsStatus status, const std::string& what, jsErrCode code = jsErrCode {}) const;

private:
    void connect();
    void checkJetStream() const;
    [[noreturn]] void refuse (natsStatus status) const;

    NatsAddress address;
    NatsHandle<natsConnection> link;
    NatsHandle<jsCtx> context;
};
} // namespace tableread::engine
