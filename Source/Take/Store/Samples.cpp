// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <system_error>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"
#include "Take/Store/TakeStore.h"

namespace tableread
{
namespace
{
constexpr std::string_view flacBegin = "fLaC";

/** A file that is in memory alone, for what is read by its path. */
class MemoryFile
{
public:
    explicit MemoryFile (const std::string& bytes) : descriptor (::memfd_create ("take", MFD_CLOEXEC))
    {
        isWritten = descriptor >= 0 && writeBytes (descriptor, std::as_bytes (std::span (bytes))) == 0;
    }

    ~MemoryFile()
    {
        if (descriptor >= 0)
            ::close (descriptor);
    }

    MemoryFile (const MemoryFile&) = delete;
    MemoryFile& operator= (const MemoryFile&) = delete;

    bool isThere() const { return isWritten; }
    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string (descriptor); }

private:
    const int descriptor;
    bool isWritten = false;
};

AudioForm formOf (const std::string& bytes)
{
    return bytes.starts_with (flacBegin) ? AudioForm::Flac : AudioForm::Wav;
}

bool isPossible (const SamplesName& name)
{
    return isContentHash (name.hash) && name.count.value >= 0 && name.count.value <= AudioObject::mostSamples;
}

tl::unexpected<Error> noName()
{
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, "this names no samples", {} });
}

tl::unexpected<Error> lost (const std::string& name)
{
    return tl::make_unexpected (Error {
        ErrorCode::NotFound, "the take " + name + " has no audio, and has to be rendered again.", {} });
}
} // namespace

bool TakeStore::has (const SamplesName& name)
{
    return audioOf (name).has_value();
}

Result<std::vector<float>> TakeStore::load (const SamplesName& name)
{
    const auto object = audioOf (name);
    if (! object)
        return isPossible (name) ? cutOrLost (name.hash) : lost (name.hash);
    StoreFolder::noteUse (folder.audio (*object));
    return read (*object, name.hash);
}

/** Of audio that is not there in its length: a file of 32-bit floats says by its size how many it should have, so it is known
    whether the length that was asked for is wrong, or the file. */
tl::unexpected<Error> TakeStore::cutOrLost (const std::string& hash) const
{
    AudioObject object { hash, 0, AudioForm::Wav };
    const auto file = folder.audio (object);
    std::error_code none;
    const auto bytes = std::filesystem::file_size (file, none);
    if (none)
        return lost (hash);
    const auto rest = static_cast<std::int64_t> (bytes) - bytesOfWav (0);
    object.samples = std::max<std::int64_t> (rest, 0) / static_cast<std::int64_t> (sizeof (float));
    const auto whole = read (object, hash);
    return whole ? lost (hash) : tl::make_unexpected (whole.error());
}

Result<void> TakeStore::keep (std::span<const float> samples)
{
    return checkSamples (samples).and_then ([&] { return keepAudio (AudioObject::of (samples), samples); });
}

Result<std::string> TakeStore::file (const SamplesName& name)
{
    if (const auto samples = load (name); ! samples) // what is damaged goes nowhere
        return tl::make_unexpected (samples.error());
    const auto object = audioOf (name);
    if (! object)
        return lost (name.hash);
    return folder.read (folder.audio (*object),
                        static_cast<std::size_t> (bytesOfWav (AudioObject::mostSamples)));
}

std::filesystem::path TakeStore::fileWith (const std::string& hash)
{
    if (isContentHash (hash))
        for (const auto form : { AudioForm::Wav, AudioForm::Flac })
            if (auto file = folder.audio ({ hash, 0, form }); StoreFolder::noteUse (file))
                return file;
    return {};
}

Result<void> TakeStore::keepFile (const SamplesName& name, const std::string& bytes)
{
    if (! isPossible (name))
        return noName();
    if (has (name))
        return {};
    const AudioObject object { name.hash, name.count.value, formOf (bytes) };
    return folder.write (
        folder.audio (object),
        [&] (int descriptor) { return writeBytes (descriptor, std::as_bytes (std::span (bytes))); },
        [&] (const std::filesystem::path& written) {
            return readAudio (written, object).map ([] (const auto&) {});
        });
}

Result<std::vector<float>> TakeStore::decode (const SamplesName& name, const std::string& bytes)
{
    if (! isPossible (name))
        return noName();
    const MemoryFile file (bytes);
    if (! file.isThere())
        return tl::make_unexpected (
            Error { ErrorCode::OutOfMemory, "there is no memory for the take " + name.hash, {} });
    return readAudio (file.path(), { name.hash, name.count.value, formOf (bytes) });
}

std::optional<AudioObject> TakeStore::audioOf (const SamplesName& name) const
{
    if (isPossible (name))
        for (const auto form : { AudioForm::Wav, AudioForm::Flac })
            if (AudioObject object { name.hash, name.count.value, form };
                hasAudio (object) && isOfLength (folder.audio (object), object)) // else the name is wrong
                return object;
    return {};
}

bool TakeStore::hasAudio (const AudioObject& object) const
{
    struct stat status = {};
    if (::stat (folder.audio (object).c_str(), &status) != 0 || ! S_ISREG (status.st_mode))
        return false;
    return object.form == AudioForm::Flac || status.st_size == bytesOfWav (object.samples);
}

Result<void> TakeStore::checkSamples (std::span<const float> samples)
{
    if (samples.size() > static_cast<std::size_t> (AudioObject::mostSamples))
        return tl::make_unexpected (
            Error { ErrorCode::OutOfRange, "a take of more than 90 minutes is not kept", {} });
    return {};
}

Result<void> TakeStore::keepAudio (const AudioObject& object, std::span<const float> samples) const
{
    if (hasAudio (object) && StoreFolder::noteUse (folder.audio (object)))
        return {};
    return folder.write (folder.audio (object),
                         [&] (int descriptor) { return writeAudio (descriptor, object.form, samples); });
}

Result<std::vector<float>> TakeStore::read (const AudioObject& object, const std::string& name) const
{
    const auto file = folder.audio (object);
    auto samples = readAudio (file, object);
    if (! samples && samples.error().code == ErrorCode::InvalidInput)
        return damaged (file, name, samples.error().message);
    if (! samples && samples.error().code == ErrorCode::NotFound)
        return lost (name);
    return samples;
}

tl::unexpected<Error> TakeStore::damaged (const std::filesystem::path& file, const std::string& name,
                                          const std::string& why) const
{
    const bool isAside = folder.setAside (file);
    return tl::make_unexpected (
        Error { ErrorCode::InvalidInput,
                "the take " + name + " is damaged (" + why + "), and has to be rendered again." +
                    (isAside ? " Its file " + file.filename().string() + " lies in \"damaged\" now." : ""),
                {} });
}
} // namespace tableread
