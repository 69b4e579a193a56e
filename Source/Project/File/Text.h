// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "Project/File/Format.h"

namespace tableread::project
{
/** A field of a file's outermost object, in JSON: one value, or the entries of a list or object. */
struct TextField
{
    std::string name;
    std::vector<std::shared_ptr<const std::string>> values; // one, if it has no brackets
    std::string brackets = {};                              // "[]", "{}" or none
};

/** The fields as one object, each entry on a line of its own, with "checksum" behind the first. */
std::string toText (std::vector<TextField> fields);

/** XXH3-128 of the object without its "checksum", in its canonical form: keys in the order of their bytes, no white space,
    numbers as short as they can be. */
std::string checksumOf (const nlohmann::json& root);

/** JSON without white space; what is not UTF-8 is replaced. */
std::string compact (const nlohmann::json& json);

/** The JSON of objects that are shared, made once for each. */
template <typename T>
class SharedTexts
{
public:
    using Text = std::shared_ptr<const std::string>;

    /** What is not among `objects` any more is forgotten. */
    std::vector<Text> of (const std::vector<std::shared_ptr<const T>>& objects,
                          const std::function<std::string (const T&)>& make)
    {
        std::vector<Text> texts;
        texts.reserve (objects.size());
        std::unordered_map<std::shared_ptr<const T>, Text> now;
        now.reserve (objects.size());
        for (const auto& object : objects)
        {
            const auto old = known.find (object);
            texts.push_back (old != known.end() ? old->second
                                                : std::make_shared<const std::string> (make (*object)));
            now.emplace (object, texts.back());
        }
        known = std::move (now);
        return texts;
    }

    void forget() { known.clear(); }

private:
    std::unordered_map<std::shared_ptr<const T>, Text> known;
};

/** Makes files' texts, one after the other: what two documents share is made once. One thread at a time. */
class TextWriter
{
public:
    std::string text (const Content& content);

private:
    SharedTexts<std::string> scripts;
    SharedTexts<Line> lines;
    SharedTexts<Member> cast;
    SharedTexts<TakeRecord> takes;
    std::shared_ptr<const Unknown> unknown; // of the last one
};
} // namespace tableread::project
