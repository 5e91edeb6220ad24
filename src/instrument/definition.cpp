#include "instrument/definition.h"

#include <algorithm>

#include "content/schema.h"
#include "foundation/json.h"
#include "instrument/check_definition.h"

namespace groundwork::instrument {

bool Band::holds(double score) const {
    return !(at_least && score < *at_least) && !(above && score <= *above) &&
           !(at_most && score > *at_most) && !(below && score >= *below);
}

const Scale* Instrument::find_scale(std::string_view wanted) const {
    const auto place = std::ranges::find(scales, wanted, &Scale::id);
    return place == scales.end() ? nullptr : &*place;
}

const Responses& Instrument::responses_of(int item_number) const {
    ENSURE(item_number >= 1 && static_cast<std::size_t>(item_number) <= items.size());
    const Item& item = items[static_cast<std::size_t>(item_number) - 1];
    return item.responses ? *item.responses : responses;
}

bool has_errors(const std::vector<Finding>& findings) {
    return std::ranges::any_of(findings,
                               [](const Finding& finding) { return finding.severity == Severity::error; });
}

namespace {

void add_error(const Error& error, std::vector<Finding>& findings) {
    // The place is kept apart from the words, so that a list of findings can be sorted and read by place.
    const Error words =
        Error(error.kind(), error.problem()).value(error.offending_value()).remedy(error.remedy_text());
    findings.push_back({Severity::error, error.place().column, words.describe()});
    for (const Error& other : error.others()) {
        add_error(other, findings);
    }
}

void append(std::vector<Finding> more, std::vector<Finding>& findings) {
    std::ranges::move(more, std::back_inserter(findings));
}

}  // namespace

CheckedDefinition check_definition(std::string_view text, std::string_view file) {
    CheckedDefinition checked;
    const Result<json::value> document = parse_json(text, file);
    if (!document) {
        add_error(document.error(), checked.findings);
        return checked;
    }
    const Result<void> fits = content::check_schema(*document, "schemas/instrument.schema.json", file);
    if (!fits) {
        add_error(fits.error(), checked.findings);
        return checked;
    }
    checked.instrument = read_definition(document->as_object(), checked.findings);
    checked.instrument->content_hash_source = text;
    append(check_structure(*checked.instrument), checked.findings);
    if (!has_errors(checked.findings)) {
        append(check_scores(*checked.instrument), checked.findings);
    }
    return checked;
}

Result<Instrument> parse_instrument(std::string_view text, std::string_view file) {
    CheckedDefinition checked = check_definition(text, file);
    std::optional<Error> trouble;
    for (const Finding& finding : checked.findings) {
        if (finding.severity == Severity::error) {
            Error error = unacceptable(finding.message).at(std::string(file), finding.where);
            if (trouble) {
                trouble->also(std::move(error));
            } else {
                trouble = std::move(error);
            }
        }
    }
    if (trouble) {
        return fail(std::move(*trouble));
    }
    return std::move(*checked.instrument);
}

}  // namespace groundwork::instrument
