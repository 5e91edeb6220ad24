// The few pieces of HTML that the report is made of. Everything given as text is escaped here; what is named
// `html` is finished markup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace groundwork::report {

// Cleaned and escaped; a number stays on one line with its "%".
std::string text(std::string_view words);

// One <p> for each paragraph of the words.
std::string prose(std::string_view words, std::string_view classes = "");

enum class Column { words, number };

struct Table {
    std::string caption;
    std::vector<std::string> heads;
    std::vector<Column> columns;                 // as many as heads
    std::vector<std::vector<std::string>> rows;  // as wide as heads; the first cell names the row
};

// A table in a frame of its own that scrolls and can be reached by the keyboard. `id` is unique in the page.
std::string table_html(const Table& table, std::string_view id);

// What is one step deeper: closed on the screen, open on paper.
std::string details_html(std::string_view summary, std::string_view html);

std::string list_html(const std::vector<std::string>& items);

}  // namespace groundwork::report
