// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "Core/Error.h"
#include "Project/Document.h"
#include "Voice/ReaderProcess.h"

namespace tableread::project
{
/** What is known of a recording that was read. */
struct KnownRecording
{
    std::string hash {};  // Mood::content
    double seconds = 0.0; // 0: nobody wants to know

    KnownRecording (std::string itsHash = {}, double itsSeconds = 0.0)
        : hash (std::move (itsHash))
        , seconds (itsSeconds)
    {}
};

/** Where recordings are looked for. */
struct VoicePlaces
{
    std::filesystem::path folder; // of the project's file; empty: it has none

    /** Reads one: knowRecording() or, without its length and notes on that, hashOfRecording(); or a test's. */
    std::function<Result<KnownRecording> (const std::filesystem::path& file)> know;

    /** A recording by its hash, of those that are kept elsewhere; an empty path if there is none. May be empty. */
    std::function<std::filesystem::path (const std::string& hash)> inStore = {};
};

struct FoundVoices
{
    std::shared_ptr<const Document> document; // with the paths where the recordings are, and their hashes
    std::vector<std::string>
        notes; // sentences on what was found elsewhere, has changed, is not there, or is too short
    std::vector<VoiceReference> missing {}; // recordings that are nowhere: all that is known of them stays
};

/** Finds the recordings of all moods, by their hash: at the path relative to the project's file, at the old path, beside another
    recording of the cast that is there, in the store, in the project's folder and the folders in it. One that is where it was but sounds otherwise now is used as it is. One
    that was never read gets its hash. Model's and uploaded voices stay as they are.

    Threads   any that may wait: each file is decoded, within limits. */
FoundVoices findVoices (const std::shared_ptr<const Document>& document, const VoicePlaces& places);

/** What a recording is called: as its file was before it was found in the store, where files have hashes for names. Empty: it is none. */
std::string recordingName (const Mood& mood);

/** Whether a file is a recording by the end of its name. */
bool isSound (const std::filesystem::path& file);

/** The hash of a recording's samples before anything is mended or normalised: mono, 24 kHz. So it does not depend on the
    file's format, nor on the model. */
[[nodiscard]] Result<KnownRecording> knowRecording (const std::filesystem::path& file,
                                                    const ReaderProcess& process = {});
[[nodiscard]] Result<std::string> hashOfRecording (const std::filesystem::path& file,
                                                   const ReaderProcess& process = {});
} // namespace tableread::project
