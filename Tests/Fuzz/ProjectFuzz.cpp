// SPDX-License-Identifier: Apache-2.0
// Input: a project's file, a plugin's state of any version, a cast, or a manifest. What is accepted must come back the same when it is
// saved and opened again, and its embedded audio must harm nobody.
#include "Fuzz/FuzzChecks.h"
#include "Project/File/CastFile.h"
#include "Project/File/Collect.h"
#include "Project/File/Headless/Manifest.h"
#include "Project/File/KeptState.h"
#include "Project/File/Place.h"
#include "Project/Requests.h"

using namespace tableread;
using namespace tableread::project;
using tableread::test::mustHold;

namespace
{
/** Has nothing and takes whatever comes. */
class NoStore : public SampleStore
{
public:
    bool has (const SamplesName&) override { return false; }
    Result<std::vector<float>> load (const SamplesName&) override { return tl::unexpected (missing()); }
    Result<void> keep (std::span<const float>) override { return {}; }
    Result<std::string> file (const SamplesName&) override { return tl::unexpected (missing()); }
    Result<void> keepFile (const SamplesName& name, const std::string&) override
    {
        mustHold (! name.hash.empty(), "audio belongs to a take");
        return {};
    }

    Result<std::vector<float>> decode (const SamplesName&, const std::string&) override
    {
        return tl::unexpected (missing());
    }

private:
    static Error missing() { return { ErrorCode::NotFound, "there is no such take", {} }; }
};

void checkDocument (const Document& document)
{
    for (const auto& line : document.lines)
        mustHold (line->id && line->id.value < document.nextId, "an id that was given");
    for (const auto& take : document.takes)
        mustHold (take->id && take->id.value < document.nextId, "an id that was given");
    for (const auto& passage : passagesOf (document))
        mustHold (! nameOf (document, passage).empty(), "a request");
}

void checkProject (std::string_view text)
{
    KeptState state;
    const auto content = state.open (text);
    mustHold (state.isReadOnly() == (! content && ! text.empty()), "what cannot be opened is kept");
    if (! content)
        return test::checkRefusal (content.error());
    checkDocument (*content->document);
    const auto saved = toText (*content);
    const auto again = parse (saved, "again");
    mustHold (again.has_value(), "what was saved opens");
    mustHold (again->notes.empty(), "its checksum is right");
    mustHold (*again->document == *content->document, "it is the same");
    mustHold (toText (*again) == saved, "what is unknown stays");
    NoStore store;
    unpack (*content, store);
    mustHold (collect (*content, store).has_value(), "it can be collected");
}

void checkCast (std::string_view text)
{
    const auto cast = parseCast (text, "cast");
    if (! cast)
        return test::checkRefusal (cast.error());
    const auto saved = toText (*cast);
    const auto again = parseCast (saved, "again");
    mustHold (again && again->members == cast->members && again->notes.empty(), "it is the same");
    mustHold (toText (*again) == saved, "what is unknown stays");
}

void checkManifest (std::string_view text)
{
    const auto manifest = parseManifest (text, "game.json", "/game");
    if (! manifest)
        return test::checkRefusal (manifest.error());
    const auto& document = *manifest->document;
    checkDocument (document);
    mustHold (manifest->lines.size() == document.lines.size(), "each line has an id");
    mustHold (passagesOf (document).size() == document.lines.size(), "each line is spoken by itself");
    const auto again = parse (toText ({ .document = manifest->document }), "again");
    mustHold (again && *again->document == document, "it is a project");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const std::string_view text { reinterpret_cast<const char*> (data), size };
    checkProject (text);
    checkCast (text);
    checkManifest (text);
    return 0;
}
