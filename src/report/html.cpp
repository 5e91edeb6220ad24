#include "report/html.h"

#include "foundation/foundation.h"
#include "report/words.h"

namespace groundwork::report {

std::string text(std::string_view words) {
    std::string cleaned = clean(words);
    for (std::size_t i = 1; i + 1 < cleaned.size(); ++i) {  // no line ends between a number and its "%"
        const bool after_digit = cleaned[i - 1] >= '0' && cleaned[i - 1] <= '9';
        if (cleaned[i] == ' ' && cleaned[i + 1] == '%' && after_digit) {
            cleaned.replace(i, 1, "\u00A0");
        }
    }
    return escape_html(cleaned);
}

std::string prose(std::string_view words, std::string_view classes) {
    std::string html;
    for (const std::string& paragraph : paragraphs(words)) {
        html += classes.empty() ? "<p>" : "<p class=\"" + text(classes) + "\">";
        html += text(paragraph) + "</p>\n";
    }
    return html;
}

std::string table_html(const Table& table, std::string_view id) {
    ENSURE(table.heads.size() == table.columns.size());
    const std::string name = std::string(id) + "-caption";
    std::string html = "<div class=\"table-frame\" role=\"group\" tabindex=\"0\" aria-labelledby=\"" + name +
                       "\">\n<table>\n<caption id=\"" + name + "\">" + text(table.caption) +
                       "</caption>\n<thead><tr>";
    for (std::size_t column = 0; column < table.heads.size(); ++column) {
        html += table.columns[column] == Column::number ? "<th scope=\"col\" class=\"number\">"
                                                        : "<th scope=\"col\">";
        html += text(table.heads[column]) + "</th>";
    }
    html += "</tr></thead>\n<tbody>\n";
    for (const std::vector<std::string>& row : table.rows) {
        ENSURE(row.size() == table.heads.size());
        html += "<tr>";
        for (std::size_t column = 0; column < row.size(); ++column) {
            const std::string classes = table.columns[column] == Column::number ? " class=\"number\"" : "";
            const std::string cell = text(row[column]);
            html += column == 0 ? "<th scope=\"row\"" + classes + ">" + cell + "</th>"
                                : "<td" + classes + ">" + cell + "</td>";
        }
        html += "</tr>\n";
    }
    return html + "</tbody>\n</table>\n</div>\n";
}

std::string details_html(std::string_view summary, std::string_view html) {
    return "<details>\n<summary>" + text(summary) + "</summary>\n" + std::string(html) + "</details>\n";
}

std::string list_html(const std::vector<std::string>& items) {
    std::string html = "<ul>\n";
    for (const std::string& item : items) {
        html += "<li>" + prose(item) + "</li>\n";
    }
    return html + "</ul>\n";
}

}  // namespace groundwork::report
