#include "report/report.h"

#include "content/content.h"
#include "foundation/foundation.h"
#include "report/arms.h"
#include "report/figure.h"
#include "report/sections.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

// Comparisons beyond so many are one step deeper.
constexpr std::size_t most_open_figures = 3;

std::string figures_html(const std::vector<Figure>& figures, std::string_view source) {
    std::string html;
    std::string deeper;
    for (std::size_t i = 0; i < figures.size(); ++i) {
        (i < most_open_figures ? html : deeper) += figure_html(figures[i], source);
    }
    if (!deeper.empty()) {
        html += details_html(count(figures.size() - most_open_figures) + " more comparisons", deeper);
    }
    return html;
}

std::string style() {
    const std::optional<content::File> file = content::find_file("report/report.css");
    ENSURE(file.has_value());
    return std::string(file->bytes);
}

std::string head(const ReportLabels& labels) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
           "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
           "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
           "'unsafe-inline'\"/>\n"
           "<title>" +
           text(labels.title) + "</title>\n<style>\n" + style() + "</style>\n</head>\n";
}

}  // namespace

std::string benefit_report(const benefit::Findings& findings, const ReportLabels& labels) {
    const Arms arms(findings);
    const std::string source = "Source: " + labels.data_source + ", " + people(findings.people) + ".";
    std::string html = head(labels);
    html +=
        "<body>\n<a class=\"skip\" href=\"#main\">Skip to the verdict</a>\n<header>\n<p class=\"purpose\">" +
        std::string(intended_purpose) + "</p>\n<h1>" + text(labels.title) + "</h1>\n<p class=\"byline\">" +
        text(labels.data_source) + " \u00B7 " + people(findings.people) + "</p>\n</header>\n";
    html += "<main id=\"main\" tabindex=\"-1\">\n";
    html += verdict_section(findings);
    html += warnings_section(findings, labels);
    html += section_html("change", "Before and after", figures_html(means_figures(findings, arms), source));
    html += section_html("where-people-started", "Where people started",
                         figures_html(scores_figures(findings), source));
    html += section_html("apparent", "Did the starting score matter, or only seem to?",
                         figures_html(naive_adjusted_figures(findings), source) +
                             figures_html(regression_figures(findings), source));
    html += section_html("differences", "Did one programme suit some people better?",
                         figures_html(moderation_figures(findings, arms), source));
    html += section_html("people-who-changed", "How many people changed",
                         figures_html(reliable_change_figures(findings), source));
    html += section_html("sensitivity", "The same under other assumptions",
                         figures_html(sensitivity_figures(findings), source));
    html += question_section(findings);
    html += effects_section(findings);
    html += policy_section(findings);
    html += standing_section(findings);
    html += methods_section(findings);
    html += models_section(findings);
    return html + "</main>\n" + footer(labels) + "</body>\n</html>\n";
}

}  // namespace groundwork::report
