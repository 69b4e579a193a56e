// SPDX-License-Identifier: Apache-2.0
// Input: the files in the folder of a take store, as name, zero byte, content, zero byte and so on. A name of one letter
// stands for what the fuzzer cannot guess:
//   k  a take that was put: its text is the content, and so are its samples
//   t  a record: content under the name of its request's key
//   f  a take whose FLAC is the content
//   a  the audio of the last take
//   r  the record of the last take
//   s  the list of a session
//   p  what a killed process has left beside the last record
//   d  a folder in the last record's place
// Whatever is read is a take to its last bit or refused in a sentence, and a new take can be stored, read and evicted.
#include <cstring>
#include <fstream>
#include <optional>

#include "Core/ContentHash.h"
#include "Fuzz/FuzzChecks.h"
#include "Support/TemporaryFolder.h"
#include "Take/Store/TakeStore.h"

using namespace tableread;
using tableread::test::mustHold;
namespace fs = std::filesystem;

/** Nobody pulls the plug here. */
extern "C" int fsync (int)
{
    return 0;
}

namespace
{
TakeRequest requestOf (std::string_view text)
{
    return { .lines = { { 0, std::string (text) } }, .voices = { std::string() }, .fingerprint = "cpu" };
}

/** The bytes as samples: of 24 bits, or any bits. */
std::vector<float> samplesOf (std::string_view bytes)
{
    std::vector<float> samples (bytes.size() / sizeof (float));
    if (! samples.empty())
        std::memcpy (samples.data(), bytes.data(), samples.size() * sizeof (float));
    if (bytes.size() % 2 == 0)
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = static_cast<float> (static_cast<unsigned char> (bytes[i])) / 256.0f;
    return samples;
}

/** Fills a store's folder by an input. */
class Contents
{
public:
    explicit Contents (const TakeStoreOptions& wanted) : options (wanted), folder (wanted), store (wanted)
    {
        fs::remove_all (options.folder);
        fs::create_directory (options.folder);
    }

    void add (std::string_view name, std::string_view content)
    {
        const auto kind = name.size() == 1 ? name.front() : ' ';
        std::error_code there; // ignored: the first one stays
        switch (kind)
        {
            case 'k':
                return put (content);
            case 't':
                return addRecord (content);
            case 'f':
                return addFlac (content);
            case 'a':
                return write (folder.audio (last.audio), content);
            case 'r':
                return write (folder.record (last.request.key()), content);
            case 's':
                return write (folder.session ("a"), content);
            case 'p':
                return write (folder.record (last.request.key()).string() + ".00000000-1-00000000.part",
                              content);
            case 'd':
                fs::remove (folder.record (last.request.key()), there);
                fs::create_directories (folder.record (last.request.key()), there);
                return;
            default:
                addFile (std::string (name), content);
        }
    }

private:
    static void write (const fs::path& file, std::string_view content)
    {
        std::error_code there;
        fs::create_directories (file.parent_path(), there);
        if (! fs::is_directory (file, there))
            std::ofstream (file, std::ios::binary) << content;
    }

    void addFile (const std::string& name, std::string_view content) const
    {
        constexpr std::size_t longest = 100;
        if (! name.empty() && name.size() < longest && name.find ('/') == std::string::npos && name != "." &&
            name != "..")
            write (options.folder / "takes" / "00" / name, content);
    }

    void put (std::string_view content)
    {
        const auto samples = samplesOf (content);
        const auto stored = store.put (requestOf (content), Take::Ending::Whole, samples);
        if (! stored)
            return test::checkRefusal (stored.error());
        last = *stored;
        const auto got = store.get (last.request.key());
        mustHold (got && contentHash (got->samples) == contentHash (samples), "what was put is there");
    }

    void addRecord (std::string_view content)
    {
        if (auto record = parseTakeRecord (content))
            last = std::move (*record);
        write (folder.record (last.request.key()), content);
    }

    void addFlac (std::string_view content)
    {
        constexpr std::int64_t someSamples = 1'000;
        last = { requestOf ("FLAC"),
                 Take::Ending::Whole,
                 { hashOfBytes (std::as_bytes (std::span (content))), someSamples, AudioForm::Flac } };
        write (folder.record (last.request.key()), toJson (last));
        write (folder.audio (last.audio), content);
    }

    TakeStoreOptions options;
    StoreFolder folder;
    TakeStore store;
    TakeRecord last { requestOf ("nothing"),
                      Take::Ending::Whole,
                      { std::string (32, '0'), 0, AudioForm::Wav } };
};

void checkTakes (const TakeStore& store)
{
    const auto keys = store.list();
    mustHold (keys.has_value(), "takes are listed");
    for (const auto& key : *keys)
    {
        const auto take = store.get (key);
        if (! take)
        {
            test::checkRefusal (take.error());
            mustHold (take.error().code == ErrorCode::Unsupported || ! store.contains (key) ||
                          take.error().code == ErrorCode::Io,
                      "what is damaged is not used again");
            continue;
        }
        mustHold (take->record.request.key() == key, "a take of its request");
        mustHold (contentHash (take->samples) == take->record.audio.hash, "the samples that were put");
    }
}

void checkUse (const TakeStore& store)
{
    const auto samples = samplesOf ("some new samples");
    const auto put = store.put (requestOf ("new"), Take::Ending::CutOff, samples);
    if (! put)
        return test::checkRefusal (put.error());
    const auto got = store.get (put->request.key());
    mustHold (got && got->record == *put && got->samples == samples, "a new take is there");
    const auto evicted = store.evict();
    if (! evicted)
        return test::checkRefusal (evicted.error());
    mustHold (! store.contains (put->request.key()), "and can be removed");
    mustHold (store.keepSession ({ .id = "b", .takes = { put->request.key() } }).has_value(),
              "a session is kept");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    static const test::TemporaryFolder temporary;
    constexpr std::size_t mostFiles = 8;
    TakeStoreOptions options { .folder = temporary.path() / "takes" };
    options.mostBytes = 0;
    options.grace = -std::chrono::hours (1); // what was used now, too, can be removed
    Contents contents (options);
    const auto parts = test::splitInput (data, size, 2 * mostFiles);
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
        if (! parts[i].empty())
            contents.add (parts[i], parts[i + 1]);
    const TakeStore store (options);
    if (const auto sessions = store.sessions(); ! sessions)
        test::checkRefusal (sessions.error());
    checkTakes (store);
    mustHold (store.tidy().has_value(), "it can be tidied");
    checkUse (store);
    return 0;
}
