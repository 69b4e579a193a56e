// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

#include "Server/Access/Access.h"
#include "Server/Access/UnixSocket.h"
#include "Server/SpeechServer.h"
#include "Support/Eventually.h"
#include "Support/FakeRenderer.h"
#include "Support/RawHttp.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
using namespace engine;

/** Replaces Source/Voice: the samples are the file's bytes, and they are their own hash. */
inline Result<ShelfVoice> readBytes (const std::filesystem::path& file, const std::string& name,
                                     const VoiceShelf::Limits&)
{
    std::ifstream in (file, std::ios::binary);
    if (! in)
        return tl::make_unexpected (Error { ErrorCode::NotFound, "cannot be opened", file.string() });
    const std::string bytes (std::istreambuf_iterator<char> (in), {});
    return ShelfVoice { { name, { bytes.begin(), bytes.end() } }, bytes };
}

inline nlohmann::json errorOf (const RawResponse& response)
{
    return nlohmann::json::parse (response.body).at ("error");
}

/** What a RenderWorker loads: one model of tones. */
inline std::vector<RenderWorker::Loader> fakeModel (std::shared_ptr<FakeRendererControl> control)
{
    return { [control = std::move (control)] { return std::make_unique<FakeRenderer> (control); } };
}

/** A whole server around a FakeRenderer, whose model has two voices. */
struct ServerFixture
{
    explicit ServerFixture (SpeechServer::Options wanted = {}, RenderWorker::Limits limits = {},
                            std::optional<OffloadConfig> offload = {})
        : options (std::move (wanted))
        , workerLimits (std::move (limits))
    {
        control->offload = std::move (offload);
        std::filesystem::create_directories (folder.path() / "model" / "voices");
        std::ofstream (folder.path() / "model" / "voices" / "anna.wav") << "anna's voice";
        std::ofstream (folder.path() / "model" / "voices" / "ben.wav") << "ben's voice";
        shelf = std::make_unique<VoiceShelf> (folder.path() / "model",
                                              [this] (const auto& file, const auto& name, const auto& how) {
                                                  ++recordingsRead;
                                                  return readBytes (file, name, how);
                                              });
        start();
    }
    ~ServerFixture() { stop(); }

    void start()
    {
        worker = std::make_unique<RenderWorker> (fakeModel (control), workerLimits);
        worker->waitUntilLoaded();
        server = std::make_unique<SpeechServer> (ServedModels ({ { "fake", worker.get(), 0, shelf.get() } }),
                                                 options);
        socket = std::make_unique<UnixSocket> (UnixSocket::claim (folder.path() / "e.sock").value());
        if (auto listening = socket->listen(); ! listening)
            throw Exception (listening.error());
        std::vector<HttpListener> listeners { unixListener (socket->fd()) };
        for (const auto& place : tcp)
            listeners.push_back (tcpListener (place.fd(), access));
        thread = std::thread ([this, listeners = std::move (listeners)] { end = server->serve (listeners); });
    }

    /** Starts anew, and from then on listens on TCP too. */
    void listenOnTcp (const std::string& place, Access::Settings rules = {})
    {
        tcp = TcpSocket::listen (tcpAddressesOf (place).value()).value();
        for (const auto& one : tcp)
            rules.addresses.push_back (one.address());
        access = std::make_shared<const Access> (Access::make (std::move (rules)).value());
        restart();
    }

    RawClient overTcp() const { return { tcp.front().address().host, *tcp.front().address().port }; }

    void stop()
    {
        server->stop();
        if (thread.joinable())
            thread.join();
    }

    /** With a model that was loaded anew. */
    void restart()
    {
        stop();
        server.reset();
        worker.reset();
        socket.reset();
        start();
    }

    std::filesystem::path path() const { return socket->path(); }

    bool isBusy() const
    {
        const auto load = worker->load();
        return load.speaking + load.waiting > 0;
    }

    RawResponse speak (const nlohmann::json& body) const
    {
        return request (path(), "POST", protocol::speechPath, body.dump());
    }

    /** A body that asks for raw floats. */
    static nlohmann::json floats (std::string text, std::string voice = "anna")
    {
        return { { "input", std::move (text) },
                 { "voice", std::move (voice) },
                 { "response_format", "pcm" },
                 { "tableread", { { "format", "f32" } } } };
    }

    /** The samples that the server should answer floats() with. */
    std::vector<float> expectedFloats (const std::string& text, int frames) const
    {
        const auto voice = shelf->fetch ({ "anna", {} }).value().audio;
        return FakeRenderer::expected ({ { { 0, text } }, { FakeRenderer::encode (voice) } }, {}, frames);
    }

    /** The bytes of a POST of this body, for a RawClient. fields: lines of the head. */
    static std::string post (const nlohmann::json& body, const std::string& fields = {})
    {
        const auto text = body.dump();
        return "POST " + std::string (protocol::speechPath) + " HTTP/1.1\r\nHost: engine\r\n" + fields +
               "Content-Length: " + std::to_string (text.size()) + "\r\n\r\n" + text;
    }

    const SpeechServer::Options options;
    const RenderWorker::Limits workerLimits;
    test::TemporaryFolder folder;
    std::atomic<int> recordingsRead { 0 };
    std::shared_ptr<FakeRendererControl> control = std::make_shared<FakeRendererControl>();
    std::unique_ptr<VoiceShelf> shelf;
    std::unique_ptr<RenderWorker> worker;
    std::unique_ptr<SpeechServer> server;
    std::unique_ptr<UnixSocket> socket;
    std::vector<TcpSocket> tcp;
    std::shared_ptr<const Access> access; // over TCP
    std::thread thread;
    HttpServer::End end = HttpServer::End::Failed;
};

inline std::vector<float> asFloats (const std::string& bytes)
{
    std::vector<float> samples (bytes.size() / sizeof (float));
    std::memcpy (samples.data(), bytes.data(), samples.size() * sizeof (float));
    return samples;
}
} // namespace tableread::test
