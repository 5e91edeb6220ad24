#include "report/sections.h"

#include <cmath>

#include "foundation/foundation.h"
#include "report/arms.h"
#include "report/html.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Allocation;
using benefit::Effect;
using benefit::Findings;
using benefit::ModelTable;
using benefit::VerdictStatus;
using statistics::Estimate;

// The help line of the United States: https://wa988.org (988, the veterans' option and number, Spanish).
constexpr std::string_view help_line =
    "If reading this brings something up: in the United States you can call or text 988 at any hour. "
    "Veterans press 1, "
    "or text 838255; for Spanish press 2.";

std::string_view status_words(VerdictStatus status) {
    switch (status) {
        case VerdictStatus::supports: return "The data support it";
        case VerdictStatus::contradicts: return "The data speak against it";
        case VerdictStatus::cannot_say: return "Cannot say yet";
    }
    return "";
}

std::string_view status_class(VerdictStatus status) {
    switch (status) {
        case VerdictStatus::supports: return "verdict supports";
        case VerdictStatus::contradicts: return "verdict contradicts";
        case VerdictStatus::cannot_say: return "verdict cannot-say";
    }
    return "";
}

std::string_view allocation_words(Allocation allocation) {
    switch (allocation) {
        case Allocation::randomised: return "Drawn at random, as stated by whoever asked";
        case Allocation::not_randomised:
            return "Not drawn at random: programmes may differ because different people were in them";
        case Allocation::not_stated:
            return "Not stated; read as not drawn at random: programmes may differ because different people "
                   "were in "
                   "them";
    }
    return "";
}

std::string_view better_words(benefit::Better better) {
    switch (better) {
        case benefit::Better::higher: return "Higher is better";
        case benefit::Better::lower: return "Lower is better";
        case benefit::Better::not_stated: return "Not stated";
    }
    return "";
}

std::string definition(std::string_view term, std::string_view words) {
    return words.empty() ? std::string()
                         : "<div><dt>" + text(term) + "</dt><dd>" + text(words) + "</dd></div>\n";
}

// "depression (dep_post)"; the column alone where it has no other name.
std::string named(const std::string& name, const std::string& column) {
    return name.empty() || name == column || column.empty() ? column : name + " (column " + column + ")";
}

std::string degrees_of_freedom(double number) {
    if (std::isinf(number)) {
        return "large sample";
    }
    return std::isfinite(number) ? fixed(number, number < 1000 ? 1 : 0) : std::string(no_number);
}

Table arms_table(const Findings& findings) {
    Table table{"People by programme",
                {"Programme", "With a start", "And with the outcome after"},
                {Column::words, Column::number, Column::number},
                {}};
    for (const benefit::ArmSummary& arm : findings.arms) {
        table.rows.push_back({arm_name(arm.arm), count(arm.people), count(arm.with_outcome)});
    }
    return table;
}

Table fixed_table(const ModelTable& model) {
    Table table{
        "Estimates",
        {"Term", "Estimate", "Standard error", "df", "Statistic", "p"},
        {Column::words, Column::number, Column::number, Column::number, Column::number, Column::number},
        {}};
    for (const Estimate& estimate : model.fixed) {
        table.rows.push_back({estimate.term, exact_number(estimate.estimate),
                              exact_number(estimate.standard_error),
                              degrees_of_freedom(estimate.degrees_of_freedom),
                              plain_number(estimate.statistic, 2), p_value(estimate.p)});
    }
    return table;
}

// The correlation of term `row` with the terms before it, from the lower triangle.
std::string correlations(const statistics::RandomTerm& random, std::size_t row) {
    std::vector<std::string> numbers;
    for (std::size_t column = 0; column < row; ++column) {
        const std::size_t place = row * (row - 1) / 2 + column;
        if (place < random.correlations.size()) {
            numbers.push_back(plain_number(random.correlations[place], 3));
        }
    }
    return numbers.empty() ? std::string(no_number) : join(numbers, ", ");
}

Table random_table(const ModelTable& model) {
    Table table{"How people differ",
                {"Group", "Term", "Groups", "Standard deviation", "Correlation with the above"},
                {Column::words, Column::words, Column::number, Column::number, Column::number},
                {}};
    for (const statistics::RandomTerm& random : model.random) {
        for (std::size_t i = 0; i < random.terms.size() && i < random.standard_deviations.size(); ++i) {
            table.rows.push_back({random.group, random.terms[i], count(random.levels),
                                  exact_number(random.standard_deviations[i]), correlations(random, i)});
        }
    }
    return table;
}

std::string model_html(const ModelTable& model, const std::string& id) {
    std::string html = "<p><code>" + text(model.formula) + "</code></p>\n";
    std::string facts = count(model.rows) + (model.rows == 1 ? " row, " : " rows, ") + people(model.people);
    if (model.sigma) {
        facts += "; residual standard deviation " + exact_number(*model.sigma);
    }
    if (model.objective) {
        facts += "; REML criterion " + plain_number(*model.objective, 4);
    }
    html += prose(facts + ".") + table_html(fixed_table(model), id + "-fixed");
    if (!model.random.empty()) {
        html += table_html(random_table(model), id + "-random");
    }
    if (model.certificate) {
        html += prose("Fit: " + model.certificate->status + ". " + model.certificate->words);
    }
    if (!model.notes.empty()) {
        html += list_html(model.notes);
    }
    return details_html(model.title.empty() ? model.id : model.title, html);
}

}  // namespace

std::string section_html(std::string_view id, std::string_view heading, const std::string& html) {
    if (html.empty()) {
        return "";
    }
    const std::string name = std::string(id) + "-heading";
    return "<section id=\"" + std::string(id) + "\" aria-labelledby=\"" + name + "\">\n<h2 id=\"" + name +
           "\">" + text(heading) + "</h2>\n" + html + "</section>\n";
}

std::string verdict_section(const Findings& findings) {
    const benefit::Verdict& verdict = findings.verdict;
    return "<section id=\"verdict\" class=\"" + std::string(status_class(verdict.status)) +
           "\" aria-labelledby=\"verdict-heading\">\n<p class=\"status\">" +
           std::string(status_words(verdict.status)) + "</p>\n<h2 id=\"verdict-heading\">" +
           text(verdict.headline.empty() ? status_words(verdict.status)
                                         : std::string_view(verdict.headline)) +
           "</h2>\n" + prose(verdict.words) + "</section>\n";
}

std::string warnings_section(const Findings& findings, const ReportLabels& labels) {
    std::vector<std::string> warnings = findings.warnings;
    for (const std::string& instrument : labels.unverified_instruments) {
        warnings.push_back("The scoring key of " + instrument +
                           " has not been verified against its publication; its scores may be wrong.");
    }
    if (warnings.empty()) {
        return "";
    }
    const std::string heading =
        warnings.size() == 1 ? "One thing to know first" : count(warnings.size()) + " things to know first";
    return section_html("warnings", heading, list_html(warnings));
}

std::string question_section(const Findings& findings) {
    const benefit::Question& question = findings.question;
    std::string html = "<dl>\n";
    html += definition("People", people(findings.people) + " in " + count(findings.rows) + " rows");
    html += definition("Outcome", named(findings.outcome_name, question.outcome));
    html += definition("The same before", question.baseline.empty() && !question.time.empty()
                                              ? std::string("the first occasion")
                                              : question.baseline);
    html += definition("Starting score", named(findings.moderator_name, question.moderator));
    html += definition("Programme", question.arm);
    html += definition("Group without a programme", question.control_arm.value_or(""));
    if (!question.arm.empty()) {
        html += definition("How people came to a programme", allocation_words(question.allocation));
    }
    html += definition("Direction", better_words(question.better));
    html += definition("Time", question.time);
    html += definition("Also held equal", join(question.covariates, ", "));
    html += "</dl>\n";
    if (!findings.arms.empty()) {
        html += table_html(arms_table(findings), "people");
    }
    return section_html("question", "What was asked, of whom", html);
}

std::string effects_section(const Findings& findings) {
    if (findings.effects.empty()) {
        return "";
    }
    Table table{"Each with its 95 % interval",
                {"What", "Estimate", "95 % interval", "p", "Model"},
                {Column::words, Column::number, Column::number, Column::number, Column::words},
                {}};
    for (const Effect& effect : findings.effects) {
        const int places = places_for(effect.interval.high - effect.interval.low);
        std::string model = effect.model;
        for (const ModelTable& each : findings.models) {
            if (each.id == effect.model && !each.title.empty()) {
                model = each.title;
            }
        }
        table.rows.push_back({effect.label, signed_number(effect.estimate.estimate, places),
                              range(effect.interval, places), p_value(effect.estimate.p), model});
    }
    return section_html("effects", "The numbers asked for", table_html(table, "effects-table"));
}

std::string policy_section(const Findings& findings) {
    if (findings.policy.empty()) {
        return "";
    }
    std::vector<std::string> words;
    Table table{"Average outcome under each rule",
                {"Rule", "Average", "95 % interval"},
                {Column::words, Column::number, Column::number},
                {}};
    for (const benefit::Policy& policy : findings.policy) {
        if (!policy.words.empty()) {
            words.push_back(policy.words);
        }
        if (!policy.value) {
            continue;
        }
        const double width = policy.interval ? policy.interval->high - policy.interval->low : 1;
        table.rows.push_back(
            {policy.rule, plain_number(*policy.value, places_for(width)),
             policy.interval ? range(*policy.interval, places_for(width)) : std::string(no_number)});
    }
    std::string html;
    for (const std::string& each : words) {
        html += prose(each);
    }
    if (!table.rows.empty()) {
        html += table_html(table, "policy-table");
    }
    return section_html("policy", "Would choosing by starting score pay?", html);
}

std::string standing_section(const Findings& findings) {
    if (findings.question.moderator.empty()) {
        return "";
    }
    const std::string evidence = "Evidence: the numbers on this page, about these " +
                                 people(findings.people) +
                                 ", with the uncertainty that stands beside each of them." +
                                 (findings.question.allocation == Allocation::randomised
                                      ? " People were drawn into the programmes, so a difference between "
                                        "programmes may be read as their doing."
                                      : " People are not known to have been drawn into the programmes, so a "
                                        "difference between programmes need "
                                        "not be their doing.");
    const std::string hypothesis =
        "Hypothesis: that people do better when their programme is chosen by where they start on " +
        moderator_name(findings) +
        ". One set of data does not settle it. Until randomised programmes have shown it more than once, "
        "such a choice "
        "is a trial, not a recommendation.";
    return section_html("standing", "What is evidence here, and what is a hypothesis",
                        list_html({evidence, hypothesis}));
}

std::string methods_section(const Findings& findings) {
    std::string html;
    for (const std::string& paragraph : findings.methods) {
        html += prose(paragraph);
    }
    return section_html("methods", "How it was done", html);
}

std::string models_section(const Findings& findings) {
    std::string html;
    for (std::size_t i = 0; i < findings.models.size(); ++i) {
        html += model_html(findings.models[i], "model-" + std::to_string(i + 1));
    }
    return section_html("models", "The models, for those who check", html);
}

std::string footer(const ReportLabels& labels) {
    return "<footer>\n<p class=\"purpose\">" + std::string(intended_purpose) + "</p>\n" + prose(help_line) +
           "<p>Data: " + text(labels.data_source) + ". Made with " + text(labels.made_with) +
           ".</p>\n</footer>\n";
}

}  // namespace groundwork::report
