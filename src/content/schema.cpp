// The only file that includes valijson.
#include "content/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "content/content.h"
#include "foundation/json.h"

namespace groundwork::content {

namespace {

constexpr std::size_t reported_at_once = 20;

struct LoadedSchema {
    json::value document;
    valijson::Schema schema;
};

// Each schema is parsed once and kept for the life of the program.
const LoadedSchema& load_schema(std::string_view path) {
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<LoadedSchema>, std::less<>> loaded;
    const std::lock_guard lock(mutex);
    const auto known = loaded.find(path);
    if (known != loaded.end()) {
        return *known->second;
    }
    const auto file = find_file(path);
    ENSURE(file.has_value());
    auto document = parse_json(file->bytes, path);
    ENSURE(document.has_value());
    auto entry = std::make_unique<LoadedSchema>();
    entry->document = std::move(*document);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::BoostJsonAdapter(entry->document), entry->schema);
    return *loaded.emplace(std::string(path), std::move(entry)).first->second;
}

const json::value* member(const json::value* value, std::string_view key) {
    return value != nullptr && value->is_object() ? value->get_object().if_contains(key) : nullptr;
}

// What a "$ref" points to, within the same schema.
const json::value* resolved(const json::value* schema, const json::value& root) {
    for (int hops = 0; hops < 16; ++hops) {
        const json::value* reference = member(schema, "$ref");
        if (reference == nullptr) {
            return schema;
        }
        const std::string_view pointer(reference->as_string());
        ENSURE(pointer.starts_with("#/"));
        schema = &root;
        for (const std::string_view step : split(pointer.substr(2), '/')) {
            schema = member(schema, step);
        }
    }
    return schema;
}

// The schema of one key or of a list's elements, still a "$ref" where it is one: what is written beside the
// "$ref" describes this very place.
const json::value* schema_of_member(const json::value* schema, const json::value& root,
                                    std::string_view key) {
    schema = resolved(schema, root);
    const json::value* own = member(member(schema, "properties"), key);
    return own != nullptr ? own : member(schema, "additionalProperties");
}

const json::value* schema_of_elements(const json::value* schema, const json::value& root) {
    return member(resolved(schema, root), "items");
}

std::string description_of(const json::value* schema, const json::value& root) {
    const json::value* description = member(schema, "description");
    if (description == nullptr) {
        description = member(resolved(schema, root), "description");
    }
    return description == nullptr ? "" : std::string(std::string_view(description->as_string()));
}

std::string path_to(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

// Keys that the schema does not know. The validator would name only one of them and could not say which was
// meant.
class UnknownKeyFinder {
  public:
    UnknownKeyFinder(const json::value& root, std::string_view file) : root_(root), file_(file) {}

    void look(const json::value& value, const json::value* schema, const std::string& path) {
        schema = resolved(schema, root_);
        if (schema == nullptr) {
            return;
        }
        if (value.is_object()) {
            look_in_object(value.get_object(), schema, path);
        } else if (value.is_array()) {
            std::size_t index = 0;
            for (const json::value& element : value.get_array()) {
                look(element, schema_of_elements(schema, root_), fmt::format("{}[{}]", path, index++));
            }
        }
    }

    std::vector<Error> errors;

  private:
    void look_in_object(const json::object& object, const json::value* schema, const std::string& path) {
        const json::value* known = member(schema, "properties");
        const json::value* others = member(schema, "additionalProperties");
        const bool is_closed = others != nullptr && others->is_bool() && !others->get_bool();
        for (const auto& [key, value] : object) {
            if (is_closed && member(known, key) == nullptr) {
                std::vector<std::string> names;
                if (known != nullptr) {
                    for (const auto& [name, ignored] : known->get_object()) {
                        names.emplace_back(name);
                    }
                }
                errors.push_back(unacceptable("is not a key that belongs here")
                                     .at(std::string(file_), path_to(path, key))
                                     .value(std::string(key))
                                     .remedy(std::string(trim(suggestion(std::string_view(key), names)))));
            } else {
                look(value, schema_of_member(schema, root_, key), path_to(path, key));
            }
        }
    }

    const json::value& root_;
    std::string_view file_;
};

// One trouble of the validator, with the value and the schema at its place.
struct Trouble {
    std::string path;
    const json::value* value;
    const json::value* schema;
    std::string description;  // what the schema says belongs there
    std::string words;
};

// The validator's steps are "<root>", "[key]" and "[0]".
Trouble located(const valijson::ValidationResults::Error& error, const json::value& document,
                const json::value& root) {
    Trouble trouble{"", &document, &root, "", error.description};
    for (std::size_t i = 1; i < error.context.size(); ++i) {
        const std::string_view step(error.context[i]);
        const std::string_view name = step.substr(1, step.size() - 2);
        if (trouble.value != nullptr && trouble.value->is_array()) {
            const auto index = to_integer(name);
            ENSURE(index && *index >= 0);
            trouble.value = trouble.value->get_array().if_contains(static_cast<std::size_t>(*index));
            trouble.schema = schema_of_elements(trouble.schema, root);
            trouble.path += fmt::format("[{}]", name);
        } else {
            trouble.value = member(trouble.value, name);
            trouble.schema = schema_of_member(trouble.schema, root, name);
            trouble.path = path_to(trouble.path, name);
        }
    }
    trouble.description = description_of(trouble.schema, root);
    trouble.schema = resolved(trouble.schema, root);
    return trouble;
}

std::string kind_in_words(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return "null";
        case json::kind::bool_: return "true or false";
        case json::kind::int64:
        case json::kind::uint64: return "a whole number";
        case json::kind::double_: return "a number with decimals";
        case json::kind::string: return "text";
        case json::kind::array: return "a list";
        case json::kind::object: return "an object";
    }
    return "something else";
}

std::string type_in_words(std::string_view type) {
    static const std::map<std::string_view, std::string_view> words = {
        {"integer", "a whole number"}, {"number", "a number"},       {"string", "text"}, {"array", "a list"},
        {"object", "an object"},       {"boolean", "true or false"}, {"null", "null"}};
    const auto found = words.find(type);
    return std::string(found == words.end() ? type : found->second);
}

std::string types_in_words(const json::value* schema) {
    const json::value* type = member(schema, "type");
    if (type == nullptr) {
        return "another kind of value";
    }
    if (type->is_string()) {
        return type_in_words(type->get_string());
    }
    std::vector<std::string> words;
    for (const json::value& each : type->get_array()) {
        words.push_back(type_in_words(each.as_string()));
    }
    return join(words, " or ");
}

std::vector<std::string> choices_of(const json::value* schema) {
    std::vector<std::string> choices;
    if (const json::value* listed = member(schema, "enum")) {
        for (const json::value& choice : listed->get_array()) {
            choices.push_back(choice.is_string() ? std::string(std::string_view(choice.get_string()))
                                                 : json::serialize(choice));
        }
    }
    return choices;
}

std::string shown_value(const json::value* value) {
    constexpr std::size_t longest = 60;
    if (value == nullptr || value->is_object() || value->is_array()) {
        return "";
    }
    std::string text =
        value->is_string() ? std::string(std::string_view(value->get_string())) : json::serialize(*value);
    return text.size() <= longest ? text : "";
}

std::string remedy_from(const std::string& description) {
    return description.empty() ? "" : "What belongs there: " + description;
}

Error in_our_words(const Trouble& trouble, const json::value& root, std::string_view file) {
    const auto described = [&](const std::string& problem) {
        return unacceptable(problem)
            .at(std::string(file), trouble.path)
            .value(shown_value(trouble.value))
            .remedy(remedy_from(trouble.description));
    };
    const std::string_view words = trouble.words;
    if (words.starts_with("Missing required property '")) {
        const auto name = split(words, '\'').at(1);
        const json::value* wanted = member(member(trouble.schema, "properties"), name);
        return unacceptable(fmt::format("lacks the key \"{}\"", name))
            .at(std::string(file), trouble.path)
            .remedy(remedy_from(description_of(wanted, root)));
    }
    if (words.find("'type' constraint") != std::string_view::npos && trouble.value != nullptr) {
        return described(fmt::format("is {}, but must be {}", kind_in_words(*trouble.value),
                                     types_in_words(trouble.schema)));
    }
    if (words.find("enum") != std::string_view::npos) {
        const auto choices = choices_of(trouble.schema);
        return unacceptable("is not one of the words that may stand here")
            .at(std::string(file), trouble.path)
            .value(shown_value(trouble.value))
            .remedy(std::string(trim(suggestion(shown_value(trouble.value), choices))));
    }
    return described(
        fmt::format("does not fit: {}{}", static_cast<char>(std::tolower(words.front())), words.substr(1)));
}

bool is_inside(const std::vector<std::string>& outer, const std::vector<std::string>& inner) {
    return outer.size() <= inner.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

// The validator repeats a trouble for every level above it; only the innermost says what it is.
bool is_echo(const valijson::ValidationResults::Error& error, const valijson::ValidationResults& all) {
    const auto is_summary = [](const valijson::ValidationResults::Error& each) {
        return each.description.starts_with("Failed to validate");
    };
    return is_summary(error) && std::any_of(all.begin(), all.end(), [&](const auto& other) {
               return !is_summary(other) && is_inside(error.context, other.context);
           });
}

std::vector<Error> validator_errors(const json::value& document, const LoadedSchema& loaded,
                                    std::string_view file, bool unknown_keys_are_told) {
    valijson::ValidationResults results;
    valijson::Validator validator;
    const valijson::adapters::BoostJsonAdapter target(document);
    std::vector<Error> errors;
    if (validator.validate(loaded.schema, target, &results)) {
        return errors;
    }
    for (const auto& error : results) {
        const bool is_unknown_key = error.description.starts_with("Object contains a property");
        if (!is_echo(error, results) && !(is_unknown_key && unknown_keys_are_told)) {
            errors.push_back(in_our_words(located(error, document, loaded.document), loaded.document, file));
        }
    }
    return errors;
}

}  // namespace

Result<void> check_schema(const json::value& document, std::string_view schema_path, std::string_view file) {
    const LoadedSchema& loaded = load_schema(schema_path);
    UnknownKeyFinder finder(loaded.document, file);
    finder.look(document, &loaded.document, "");
    std::vector<Error> errors = std::move(finder.errors);
    try {
        auto more = validator_errors(document, loaded, file, !errors.empty());
        std::ranges::move(more, std::back_inserter(errors));
    } catch (const std::exception& exception) {
        errors.push_back(
            unacceptable(fmt::format("cannot be checked: {}", exception.what())).at(std::string(file)));
    }
    if (errors.empty()) {
        return {};
    }
    Error first = errors.front();
    for (std::size_t i = 1; i < std::min(errors.size(), reported_at_once); ++i) {
        first.also(errors[i]);
    }
    if (errors.size() > reported_at_once) {
        first.also(
            unacceptable(fmt::format("{} more troubles of this kind", errors.size() - reported_at_once))
                .at(std::string(file)));
    }
    return fail(std::move(first));
}

}  // namespace groundwork::content
