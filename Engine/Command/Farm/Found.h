// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "Command/Farm/Line.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
/** The takes and failures of a store by what was asked for, whichever engine spoke: by the key of a request without a
    fingerprint. */
class FoundTakes
{
public:
    /** Reads all records. @throws Exception if the store cannot be read. */
    explicit FoundTakes (const TakeStore& store);

    /** Of a line's takes that of the engine that has spoken most of `lines`; null: there is none. */
    const TakeRecord* takeOf (const TakeRequest& request) const;

    /** Why it cannot be spoken; null: nobody has noted that. */
    const std::string* failureOf (const TakeRequest& request) const;

    /** Chooses the engine. */
    void prefer (const std::vector<TakeRequest>& lines);

private:
    std::map<std::string, std::vector<TakeRecord>> takes;
    std::map<std::string, std::string> failures;
    std::string engine; // its fingerprint
};
} // namespace tableread::engine
