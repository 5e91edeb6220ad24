#include "command/fit_question.h"

#include <algorithm>
#include <optional>

#include "foundation/foundation.h"

namespace groundwork::command {

namespace {

using statistics::Predictor;
using statistics::Predictors;

std::string words(std::string_view text) { return std::string(trim(text)); }

// The pieces between the words "by" and "at".
std::vector<std::string> pieces_of(const std::string& text) {
    std::vector<std::string> pieces = {""};
    for (const std::string_view word : split(text, ' ')) {
        if (word == "by" || word == "at") {
            pieces.emplace_back();
        } else {
            pieces.back() += " " + std::string(word);
        }
    }
    for (std::string& piece : pieces) {
        piece = words(piece);
    }
    return pieces;
}

// At commas or colons that stand outside parentheses.
std::vector<std::string> apart(const std::string& text, char separator) {
    std::vector<std::string> parts = {""};
    int depth = 0;
    for (const char one : text) {
        depth += one == '(' ? 1 : one == ')' ? -1 : 0;
        if (one == separator && depth == 0) {
            parts.emplace_back();
        } else {
            parts.back() += one;
        }
    }
    for (std::string& part : parts) {
        part = words(part);
    }
    return parts;
}

Result<double> value_of(const Predictor& predictor, const std::string& text, const std::string& option) {
    if (predictor.has_levels()) {
        const auto at = std::find(predictor.levels.begin(), predictor.levels.end(), text);
        if (at == predictor.levels.end()) {
            return fail(usage_error(option + ": " + predictor.name + " has no such value." +
                                    suggestion(text, predictor.levels))
                            .value(text));
        }
        return static_cast<double>(at - predictor.levels.begin());
    }
    const std::optional<double> number = to_number(text);
    if (!number) {
        return fail(usage_error(option + ": " + predictor.name + " takes numbers").value(text));
    }
    return *number;
}

}  // namespace

Result<Question> read_question(const std::string& text, const Predictors& predictors,
                               const std::string& option) {
    const std::vector<std::string> pieces = pieces_of(text);
    Question question;
    question.text = text;
    question.focal = apart(pieces.front(), ':');
    for (std::size_t k = 0; k < pieces.size(); ++k) {
        if (pieces[k].empty()) {
            return fail(usage_error(option + " is written like 'week by arm by scc'").value(text));
        }
    }
    for (std::size_t k = 1; k < pieces.size(); ++k) {
        const std::size_t equals = pieces[k].find('=');
        QuestionAlong along;
        along.predictor = TRY(predictors.find(words(pieces[k].substr(0, equals))));
        if (equals != std::string::npos) {
            for (const std::string& value : apart(pieces[k].substr(equals + 1), ',')) {
                along.values.push_back(TRY(value_of(predictors.list()[along.predictor], value, option)));
            }
        }
        question.by.push_back(std::move(along));
    }
    return question;
}

Result<std::vector<statistics::Focal>> focal_effects(const Question& question, const Predictors& predictors) {
    std::vector<statistics::Focal> effects = {{}};
    for (const std::string& name : question.focal) {
        std::vector<statistics::FocalPart> choices;
        for (std::size_t p = 0; p < predictors.list().size(); ++p) {
            const Predictor& predictor = predictors.list()[p];
            if (!predictor.has_levels()) {
                if (predictor.name == name) {
                    choices = {{p}};
                }
                continue;
            }
            for (std::size_t level = 1; level < predictor.levels.size(); ++level) {
                const std::string& word = predictor.levels[level];
                if (name == predictor.name || name == predictor.name + "=" + word ||
                    name == predictor.name + word) {
                    choices.push_back({p, level, 0});
                }
            }
        }
        if (choices.empty()) {
            TRY(predictors.find(name));
            return fail(usage_error("has one value only, so it has no effect.").value(name));
        }
        std::vector<statistics::Focal> longer;
        for (const statistics::Focal& effect : effects) {
            for (const statistics::FocalPart& part : choices) {
                longer.push_back(effect);
                longer.back().push_back(part);
            }
        }
        effects = std::move(longer);
    }
    return effects;
}

Result<statistics::Matrix> read_contrasts(const std::string& text, const std::vector<std::string>& names) {
    const std::vector<std::string> rows = apart(text, ',');
    statistics::Matrix contrasts(rows.size(), names.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        // Signs outside parentheses part the terms: "(Intercept) + 2 * week - I(week^2)".
        std::vector<std::pair<double, std::string>> terms = {{1.0, ""}};
        int depth = 0;
        for (const char one : rows[row]) {
            depth += one == '(' ? 1 : one == ')' ? -1 : 0;
            if (depth == 0 && (one == '+' || one == '-')) {
                terms.emplace_back(one == '-' ? -1.0 : 1.0, "");
            } else {
                terms.back().second += one;
            }
        }
        for (auto [weight, word] : terms) {
            word = words(word);
            const std::size_t star = word.find('*');
            if (word.empty() && terms.size() > 1) {
                continue;  // a sign in front
            }
            if (star != std::string::npos && to_number(words(word.substr(0, star)))) {
                weight *= *to_number(words(word.substr(0, star)));
                word = words(word.substr(star + 1));
            }
            const auto at = std::find(names.begin(), names.end(), word);
            if (at == names.end()) {
                return fail(
                    usage_error("--contrast-test: the model has no such coefficient." +
                                suggestion(word, names))
                        .value(word)
                        .remedy("Write a sum of coefficients, such as 'week + 0.5 * week:armLKM'; several, "
                                "apart with commas, are tested together."));
            }
            contrasts(row, static_cast<std::size_t>(at - names.begin())) += weight;
        }
    }
    return contrasts;
}

}  // namespace groundwork::command
