// SPDX-License-Identifier: Apache-2.0
// Input: the record of an uploaded voice, as it lies in the store. What is accepted must lead to files within the store, and
// survive being written again.
#include "Core/ContentHash.h"
#include "Fuzz/FuzzChecks.h"
#include "Server/Voices/Record.h"

using namespace tableread::engine;
using tableread::test::mustHold;

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const auto record = parseVoiceRecord ({ reinterpret_cast<const char*> (data), size });
    if (! record)
    {
        tableread::test::checkRefusal (record.error());
        return 0;
    }
    mustHold (tableread::isContentHash (record->hash), "a hash");
    mustHold (record->bytes > 0 && record->milliseconds >= 0 && record->createdAt >= 0, "numbers in range");
    mustHold (! record->name.empty() && record->name.size() <= maxVoiceNameBytes, "a name");
    mustHold (keyOfVoiceId (record->id()) == keyOfVoiceName (record->name), "the id leads to the record");
    mustHold (parseVoiceRecord (toJson (*record)) == *record, "it survives the disk");
    return 0;
}
