// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Queue/Options.h"

#include <CLI/CLI.hpp>

namespace tableread::engine
{
CLI::Option* QueueOptions::addTo (CLI::App& command)
{
    auto* const url =
        command.add_option ("--nats", address.url, "NATS server with JetStream, such as nats://host:4222")
            ->type_name ("URL");
    command
        .add_option ("--queue", queue,
                     "Name of the queue of lines on it: one for each model, if several are used")
        ->type_name ("NAME")
        ->capture_default_str()
        ->needs (url);
    command.add_option ("--nats-creds", address.credentials, "File with the credentials of a NATS user")
        ->type_name ("FILE")
        ->needs (url);
    command
        .add_option ("--nats-ca", address.authorities,
                     "Certificates that the server's is checked against; turns TLS on [the system's]")
        ->type_name ("FILE")
        ->needs (url);
    auto* const certificate =
        command.add_option ("--nats-cert", address.certificate, "Certificate of this client, for TLS")
            ->type_name ("FILE")
            ->needs (url);
    auto* const key = command.add_option ("--nats-key", address.key, "Key of that certificate")
                          ->type_name ("FILE")
                          ->needs (certificate);
    certificate->needs (key);
    return url;
}
} // namespace tableread::engine
