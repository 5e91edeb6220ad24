#include "command/lint_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "statistics/statistics.h"

namespace groundwork::command {

namespace {

using instrument::Finding;
using instrument::Instrument;
using instrument::Scale;
using instrument::Severity;

class AnswerLint {
  public:
    AnswerLint(const table::Frame& frame, const Instrument& instrument, const AnswerSheet& sheet)
        : frame_(frame), instrument_(instrument), total_(instrument.scales.front()), sheet_(sheet) {}

    std::vector<Finding> run() {
        for (const Error& trouble : sheet_.troubles) {
            const Place& place = trouble.place();
            const Error words = unacceptable(trouble.problem())
                                    .value(trouble.offending_value())
                                    .remedy(trouble.remedy_text());
            findings_.push_back({Severity::error, fmt::format("row {}, column {}", *place.row, place.column),
                                 words.describe()});
        }
        check_rows();
        check_columns();
        check_reversal();
        return std::move(findings_);
    }

  private:
    void warn(std::string where, std::string message) {
        findings_.push_back({Severity::warning, std::move(where), std::move(message)});
    }

    std::string row_name(std::size_t row) const { return fmt::format("row {}", frame_.source_row(row)); }

    // The answer that a person gave to every item, if it was one.
    static std::optional<int> only_answer(const instrument::Answers& answers) {
        const auto differs = [&](const std::optional<int>& answer) { return answer != answers.front(); };
        return std::ranges::any_of(answers, differs) ? std::nullopt : answers.front();
    }

    void check_rows() {
        constexpr std::size_t items_at_least = 5;
        const bool can_tell = !total_.reversed.empty() && total_.reversed.size() < total_.items.size() &&
                              instrument_.items.size() >= items_at_least;
        for (std::size_t row = 0; row < sheet_.answers.size(); ++row) {
            const auto& answers = sheet_.answers[row];
            const bool is_empty =
                std::ranges::none_of(answers, [](const auto& answer) { return answer.has_value(); });
            const auto same = only_answer(answers);
            if (is_empty) {
                warn(row_name(row), "has no answer at all");
            } else if (can_tell && same) {
                warn(row_name(row),
                     fmt::format("answers {} to every item, although some ask the opposite: perhaps not read",
                                 *same));
            }
            check_gates(row);
        }
    }

    void check_gates(std::size_t row) {
        for (const Scale& scale : instrument_.scales) {
            const auto answer = [&](int item) {
                return sheet_.answers[row][static_cast<std::size_t>(item) - 1];
            };
            if (!scale.gate || answer(scale.gate->item) != scale.gate->equals) {
                continue;
            }
            const auto is_positive = [&](int item) {
                return answer(item) && *answer(item) > instrument_.responses_of(item).minimum;
            };
            if (std::ranges::any_of(scale.items, is_positive)) {
                warn(row_name(row),
                     fmt::format("answers items that item {} closes: they are not counted in \"{}\"",
                                 scale.gate->item, scale.id));
            }
        }
    }

    // One item's answers as they count in the total; NaN where missing.
    std::vector<double> counted(int item) const {
        std::vector<double> numbers;
        for (const auto& answers : sheet_.answers) {
            const auto& answer = answers[static_cast<std::size_t>(item) - 1];
            numbers.push_back(answer ? counted_answer(instrument_, total_, item, *answer)
                                     : std::numeric_limits<double>::quiet_NaN());
        }
        return numbers;
    }

    void check_columns() {
        constexpr std::size_t people_at_least = 10;
        for (std::size_t item = 0; item < sheet_.columns.size(); ++item) {
            std::set<int> seen;
            std::size_t answered = 0;
            for (const auto& answers : sheet_.answers) {
                if (answers[item]) {
                    seen.insert(*answers[item]);
                    ++answered;
                }
            }
            if (answered == 0) {
                warn("column " + sheet_.columns[item], "has no answer at all");
            } else if (seen.size() == 1 && answered >= people_at_least) {
                warn("column " + sheet_.columns[item],
                     fmt::format("everybody answered {}: check that the column was exported rightly",
                                 *seen.begin()));
            }
        }
    }

    // After reversal every item should rise with the items that need none. A reversed item that clearly falls
    // (beyond two standard errors of a correlation of zero) was probably reversed in the file already.
    void check_reversal() {
        constexpr std::size_t people_at_least = 20;
        std::vector<int> plain;
        std::ranges::copy_if(total_.items, std::back_inserter(plain), [&](int item) {
            return std::ranges::find(total_.reversed, item) == total_.reversed.end();
        });
        if (sheet_.answers.size() < people_at_least || plain.empty()) {
            return;
        }
        std::vector<double> anchor(sheet_.answers.size(), 0.0);
        for (const int item : plain) {
            const auto numbers = counted(item);
            std::ranges::transform(anchor, numbers, anchor.begin(), std::plus<>());
        }
        const double doubtful = -2 / std::sqrt(static_cast<double>(sheet_.answers.size()));
        for (const int item : total_.reversed) {
            const double r = statistics::correlation(counted(item), anchor);
            if (r < doubtful) {
                warn("column " + sheet_.columns[static_cast<std::size_t>(item) - 1],
                     fmt::format(
                         "item {} is reversed by the key, but after that it falls as the others rise (r {}): "
                         "it looks reversed in the file already",
                         item, fixed(r, 2)));
            }
        }
    }

    const table::Frame& frame_;
    const Instrument& instrument_;
    const Scale& total_;
    const AnswerSheet& sheet_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint_answers(const table::Frame& frame, const Instrument& instrument,
                                  const AnswerSheet& sheet) {
    return AnswerLint(frame, instrument, sheet).run();
}

}  // namespace groundwork::command
