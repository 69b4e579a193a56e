// SPDX-License-Identifier: Apache-2.0
// Input: a Content-Type and the body of an upload, a zero byte between them. The parts of a form must lie in its body, one
// behind the other, and a form that was cut must not be taken for a whole one.
#include "Fuzz/FuzzChecks.h"
#include "Server/Http/Parsing/Multipart.h"
#include "Server/Voices/Form.h"
#include "Server/Voices/Record.h"

using namespace tableread;
using namespace tableread::engine;
using tableread::test::mustHold;

namespace
{
void checkRefusal (const Refusal& refusal)
{
    mustHold (refusal.status == 400 || refusal.status == 415, "a refusal has the status of a bad form");
    mustHold (! refusal.why.empty() && refusal.why.size() < 200, "a refusal has a reason of readable length");
}

void checkVoice (const std::vector<FormPart>& parts)
{
    const auto form = readVoiceForm (parts);
    if (! form)
        return test::checkRefusal (form.error());
    mustHold (! form->recording.empty() && ! form->name.empty(), "a voice has a recording and a name");
    const VoiceRecord record { .name = form->name,
                               .consent = form->consent,
                               .hash = std::string (32, '0'),
                               .bytes = 1,
                               .milliseconds = 0,
                               .createdAt = 0 };
    mustHold (parseVoiceRecord (toJson (record)) == record, "what is accepted can be stored");
    for (const auto& warning : form->warnings)
        mustHold (warning.find_first_of ("\r\n\"") == std::string::npos, "a warning fits into a header");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const auto input = tableread::test::splitInput (data, size, 2);
    const auto boundary = boundaryOf (input[0]);
    if (! boundary)
    {
        checkRefusal (boundary.error());
        return 0;
    }
    mustHold (! boundary->empty() && boundary->size() <= 70, "a boundary has a length");
    const auto body = input[1];
    const auto parts = parseMultipart (*boundary, body);
    if (! parts)
    {
        checkRefusal (parts.error());
        return 0;
    }
    mustHold (parts->size() <= MultipartLimits {}.parts, "no more parts than allowed");
    const auto* at = body.data();
    for (const auto& part : *parts)
    {
        mustHold (! part.name.empty(), "a part has a name");
        mustHold (part.content.data() >= at, "parts in order");
        mustHold (part.content.find ("\r\n--" + *boundary) == std::string_view::npos,
                  "no boundary in a part");
        at = part.content.data() + part.content.size();
        mustHold (at <= body.data() + body.size(), "within the body");
    }
    mustHold (! parseMultipart (*boundary, body.substr (0, body.find_last_of ('-'))), "a cut form is none");
    checkVoice (*parts);
    return 0;
}
