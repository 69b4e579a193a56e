// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "EngineLink/Protocol.h"

namespace tableread::test
{
/** How a FakeEngine misbehaves. A count of 0 means never. */
struct FakeFaults
{
    int seats = 1;          // jobs that are spoken at once
    int queue = 0;          // jobs that wait for a seat; more are refused with 503
    int busyAnswers = 0;    // this many jobs are refused with 503 first
    int refuseStatus = 0;   // every job is refused with this status
    int mostLetters = 0;    // a request with more of them in a line is refused
    int cutAfterFrames = 0; // the connection closes in the middle of a job …
    int cuts = 1;           // … this many times
    int cutStep = 0;        // … each time this many frames later
    int dieAfterFrames = 0; // the process is killed in the middle of a job …
    std::string dieText;    // … that has this in a line …
    std::string dieOnce;    // … unless this file exists; it is created first
    int frameMs = 0;        // the time that a frame takes
    bool waits = false;     // the second frame is not sent before goOn()
    int loadMs = 0;         // the time that health says "loading"
    int protocol = 1;
    std::string version;   // of the engine; empty: this program's
    bool saysBusy = false; // in its health
    int deafAfter = 0;     // /health is answered so often, and then only /livez
    std::vector<std::string> voices { "anna", "ben", "clara", "david" };
    bool drifts = false;                                          // repeating a request gives other samples
    bool notANumber = false;                                      // the second frame holds a NaN
    bool halfSample = false;                                      // the speech ends within a float
    bool html = false;                                            // answers 200 with a web page
    bool hangs = false;                                           // takes connections and never answers
    protocol::FinishReason finish = protocol::FinishReason::Stop; // what it says at the end
    bool noFinish = false;                                        // says nothing there
    bool exitsAtOnce = false; // the process ends with exit code 3 and a message, unless it gets --embedded

    int reloadMs = 0;         // the time that a loading on request takes …
    bool diesLoading = false; // … at whose end the process is killed
};

/** An engine without a model: speaks the protocol on a Unix socket, with tones (fakeSpeech) for speech. */
class FakeEngine
{
public:
    FakeEngine (std::filesystem::path socket, FakeFaults faults = {});
    ~FakeEngine();

    FakeEngine (const FakeEngine&) = delete;
    FakeEngine& operator= (const FakeEngine&) = delete;

    /** Waits until somebody ends it; for the executable. */
    void wait();

    int jobs() const { return started; }                   // speech requests that were taken
    int cancelled() const { return abandoned; }            // how many of them the client left
    int hung() const { return held; }                      // calls that got no answer, since the engine hangs
    std::vector<protocol::SpeechRequest> requests() const; // in the order in which they got a seat
    int waiting() const;                                   // for a seat
    int mostAtOnce() const;                                // that had a seat
    int changes() const { return changed; }                // of a job's due time

    std::vector<std::string> modelRequests() const; // the bodies of loads and plans

    /** Ends FakeFaults::waits. */
    void goOn() { free = true; }

private:
    struct Server;
    std::atomic<int> started { 0 };
    std::atomic<int> abandoned { 0 };
    std::atomic<int> held { 0 };
    std::atomic<int> changed { 0 };
    std::atomic<bool> free { false };
    std::unique_ptr<Server> server; // last: somebody may be waiting for it to answer
};

/** Reads faults in the form of the executable's environment variable TABLEREAD_FAKE: "busy=2;cut=3;die-once=/path". */
FakeFaults parseFaults (const std::string& text);
} // namespace tableread::test
