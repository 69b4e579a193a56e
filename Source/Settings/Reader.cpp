// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// toml++ 3.3 asserts, or lets the compiler assume, that a table's name begins as one, and would report it otherwise.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void> (0)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include "Settings/Keys.h"
#include "Settings/Settings.h"

namespace tableread
{
namespace
{
using Kind = SettingKey::Kind;
using Values = std::vector<std::string>;

int lineOf (const toml::node& node)
{
    return static_cast<int> (node.source().begin.line);
}

const char* expected (Kind kind)
{
    switch (kind)
    {
        case Kind::Flag:
            return "true or false";
        case Kind::Whole:
            return "a whole number";
        case Kind::Number:
            return "a number";
        case Kind::WholeOrText:
            return "a whole number or a text in quotes";
        case Kind::Texts:
        case Kind::Paths:
            return "a list of texts in quotes";
        case Kind::Pairs:
            return "a table with a text in quotes for each name";
        case Kind::Text:
        case Kind::Path:
            break;
    }
    return "a text in quotes";
}

const char* found (const toml::node& node)
{
    switch (node.type())
    {
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "a list";
        case toml::node_type::string:
            return "a text";
        case toml::node_type::integer:
            return "a whole number";
        case toml::node_type::floating_point:
            return "a number with a fraction";
        case toml::node_type::boolean:
            return "true or false";
        default:
            return "a date or a time";
    }
}

bool hasControlCharacter (std::string_view text)
{
    return std::ranges::any_of (text,
                                [] (char c) { return static_cast<unsigned char> (c) < ' ' || c == '\x7f'; });
}

/** Walks through a file's tables. The first mistake is the result. */
class Reader
{
public:
    Reader (const SettingsPlace& from, Settings& into) : place (from), settings (into) {}

    std::optional<Error> read (const toml::table& file)
    {
        readTable ({}, file);
        std::ranges::stable_sort (settings.values, {}, &Setting::line);
        return problem;
    }

private:
    void mistake (int line, std::string sentence)
    {
        if (! problem || line < problemLine) // tables are sorted by their names, mistakes are not
        {
            problemLine = line;
            problem = Error { ErrorCode::InvalidInput, std::move (sentence), settings.at (line) };
        }
    }

    void wrongType (const std::string& key, const char* wanted, const toml::node& node)
    {
        mistake (lineOf (node), key + " must be " + wanted + ", not " + found (node) + '.');
    }

    void readTable (const std::string& name, const toml::table& table)
    {
        const auto keys = settingKeys();
        for (const auto& [key, node] : table)
        {
            const auto full = (name.empty() ? std::string() : name + '.') + std::string (key.str());
            const auto known = std::ranges::find (keys, full, &SettingKey::name);
            if (known != keys.end())
                readValue (*known, node);
            else if (full == "models")
                readModels (node);
            else if (name.empty() && isSettingsTable (full))
            {
                if (const auto* inner = node.as_table())
                    readTable (full, *inner);
                else
                    wrongType (full, "a table", node);
            }
            else
                mistake (static_cast<int> (key.source().begin.line), unknownSetting (name, key.str()));
        }
    }

    void readValue (const SettingKey& key, const toml::node& node)
    {
        const std::string name (key.name);
        auto values = key.kind == Kind::Texts || key.kind == Kind::Paths ? listOf (key, node)
                      : key.kind == Kind::Pairs                          ? pairsOf (name, node)
                                                                         : valueOf (key, node);
        if (values)
            settings.values.push_back ({ name, lineOf (node), std::move (*values) });
    }

    std::optional<Values> valueOf (const SettingKey& key, const toml::node& node)
    {
        const bool mayBeText =
            key.kind == Kind::Text || key.kind == Kind::Path || key.kind == Kind::WholeOrText;
        const bool mayBeWhole =
            key.kind == Kind::Whole || key.kind == Kind::Number || key.kind == Kind::WholeOrText;
        const std::string name (key.name);
        if (const auto* text = node.as_string(); text != nullptr && mayBeText)
            return oneValue (checkedText (name, text->get(), node, key.kind == Kind::Path));
        if (const auto* whole = node.as_integer(); whole != nullptr && mayBeWhole)
            return Values { std::to_string (whole->get()) };
        if (const auto* number = node.as_floating_point(); number != nullptr && key.kind == Kind::Number)
            return Values { shortest (number->get()) };
        if (const auto* flag = node.as_boolean(); flag != nullptr && key.kind == Kind::Flag)
            return Values { flag->get() ? "true" : "false" };
        wrongType (name, expected (key.kind), node);
        return {};
    }

    std::optional<Values> listOf (const SettingKey& key, const toml::node& node)
    {
        const std::string name (key.name);
        const auto* list = node.as_array();
        if (list == nullptr)
        {
            wrongType (name, expected (key.kind), node);
            return {};
        }
        Values values;
        values.reserve (list->size());
        for (const auto& item : *list)
        {
            const auto* text = item.as_string();
            if (text == nullptr)
            {
                wrongType ("each item of " + name, "a text in quotes", item);
                return {};
            }
            auto checked = checkedText (name, text->get(), item, key.kind == Kind::Paths);
            if (! checked)
                return {};
            values.push_back (std::move (*checked));
        }
        return values;
    }

    std::optional<Values> pairsOf (const std::string& name, const toml::node& node)
    {
        const auto* table = node.as_table();
        if (table == nullptr)
        {
            wrongType (name, expected (Kind::Pairs), node);
            return {};
        }
        Values values;
        values.reserve (table->size());
        for (const auto& [key, item] : *table)
        {
            const auto full = name + '.' + printable (key.str());
            const auto* text = item.as_string();
            if (text == nullptr)
            {
                wrongType (full, "a text in quotes", item);
                return {};
            }
            if (key.str().empty() || key.str().find ('=') != std::string_view::npos ||
                hasControlCharacter (key.str()))
            {
                mistake (lineOf (item),
                         full + " is a name that is empty or has = or a control character in it.");
                return {};
            }
            auto checked = checkedText (full, text->get(), item, false);
            if (! checked)
                return {};
            values.push_back (std::string (key.str()) + '=' + *checked);
        }
        return values;
    }

    void readModels (const toml::node& node)
    {
        const auto* list = node.as_array();
        if (list == nullptr ||
            ! std::ranges::all_of (*list, [] (const auto& item) { return item.is_table(); }))
            return wrongType ("models", "a list of tables, each beginning with [[models]]", node);
        for (const auto& item : *list)
            readModel (*item.as_table());
    }

    void readModel (const toml::table& table)
    {
        ModelSetting model;
        model.line = lineOf (table);
        for (const auto& [key, node] : table)
        {
            const auto word = key.str();
            if (std::ranges::find (modelKeys(), word) == modelKeys().end())
            {
                mistake (static_cast<int> (key.source().begin.line), unknownSetting ("models", word));
                continue;
            }
            const auto* text = node.as_string();
            if (text == nullptr)
            {
                wrongType ("models." + std::string (word), "a text in quotes", node);
                continue;
            }
            auto& field = word == "name"     ? model.name
                          : word == "path"   ? model.path
                          : word == "device" ? model.device
                          : word == "dtype"  ? model.dtype
                                             : model.weights;
            const auto checked = checkedText ("models." + std::string (word), text->get(), node,
                                              word == "path" && ! isNameInHub (text->get()));
            field = checked.value_or ("?");
        }
        if (! table.contains ("path"))
            mistake (model.line, "this entry of [[models]] has no path. Name the model's folder.");
        settings.models.push_back (std::move (model));
    }

    /** org/name, which no path of a file is that begins at the root or at home. */
    static bool isNameInHub (std::string_view text)
    {
        const auto slash = text.find ('/');
        return slash != std::string_view::npos && slash > 0 && text.front() != '.' && text.front() != '~' &&
               text.find ('/', slash + 1) == std::string_view::npos;
    }

    /** A text that an option could have, a path with "~/" replaced. */
    std::optional<std::string> checkedText (const std::string& key, const std::string& text,
                                            const toml::node& node, bool isPath)
    {
        if (text.empty() || hasControlCharacter (text))
        {
            mistake (lineOf (node),
                     key + (text.empty() ? " is empty. Leave it out." : " has a control character in it."));
            return {};
        }
        if (! isPath || text.front() == '/')
            return text;
        if (text.starts_with ("~/") && ! place.home.empty())
            return (place.home / text.substr (2)).string();
        mistake (lineOf (node),
                 key + ": \"" + printable (text) + "\" is not a whole path. Begin it with / or ~/.");
        return {};
    }

    static std::optional<Values> oneValue (std::optional<std::string> text)
    {
        return text ? std::optional (Values { std::move (*text) }) : std::nullopt;
    }

    static std::string shortest (double number)
    {
        std::array<char, 32> text {};
        const auto end = std::to_chars (text.data(), text.data() + text.size(), number);
        return { text.data(), end.ptr };
    }

    const SettingsPlace& place;
    Settings& settings;
    std::optional<Error> problem;
    int problemLine = 0;
};
} // namespace

Result<Settings> parseSettings (std::string_view text, const SettingsPlace& place)
{
    Settings settings { .file = place.file, .values = {}, .models = {} };
    const auto parsed = toml::parse (text, place.file.string());
    if (! parsed)
    {
        constexpr std::size_t longest = 300;
        const auto& error = parsed.error();
        return tl::make_unexpected (Error {
            ErrorCode::InvalidInput, "this is not TOML: " + printable (error.description(), longest) + '.',
            settings.at (static_cast<int> (error.source().begin.line)) });
    }
    if (auto problem = Reader (place, settings).read (parsed.table()))
        return tl::make_unexpected (std::move (*problem));
    return settings;
}
} // namespace tableread
