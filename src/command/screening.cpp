#include "command/screening.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "statistics/statistics.h"

namespace groundwork::command {

namespace {

using instrument::Answers;
using instrument::Instrument;
using programme::ListAnswer;
using programme::Person;
using programme::Protocol;
using programme::ScreenAnswers;

constexpr const char* kindness_name = "kindness_unsafe";
constexpr const char* list_name = "on_device";
constexpr const char* help_name = "asks_for_help";

std::size_t index_of_scale(const Instrument& instrument, const std::string& id) {
    const instrument::Scale* scale = instrument.find_scale(id);
    ENSURE(scale != nullptr);  // check_protocol has looked
    return static_cast<std::size_t>(scale - instrument.scales.data());
}

// The items of the kindness check as an instrument, so that their cells are read and refused like any others.
Instrument as_instrument(const programme::KindnessCheck& check) {
    Instrument instrument;
    instrument.id = kindness_name;
    instrument.responses.minimum = check.minimum;
    instrument.responses.maximum = check.maximum;
    for (std::size_t i = 0; i < check.items.size(); ++i) {
        instrument::Item item;
        item.number = static_cast<int>(i) + 1;
        instrument.items.push_back(std::move(item));
    }
    return instrument;
}

std::string usual_template(std::string name) {
    std::ranges::replace(name, '-', '_');
    return name + "_{}";
}

class ScreeningReader {
  public:
    ScreeningReader(const table::Frame& frame, const Protocol& protocol, const ScreeningColumns& columns)
        : frame_(frame), protocol_(protocol), columns_(columns) {}

    Result<Screening> read() {
        TRY_DO(read_places());
        TRY_DO(read_moderator());
        for (std::size_t i = 0; i < protocol_.safety.screens.size(); ++i) {
            TRY_DO(read_screen(i));
        }
        TRY_DO(read_kindness());
        TRY_DO(read_list());
        TRY_DO(read_help());
        return std::move(screening_);
    }

  private:
    // The --safety options, by what they name.
    Result<void> read_places() {
        std::vector<std::string> known = {kindness_name, list_name, help_name};
        std::ranges::transform(protocol_.safety.screens, std::back_inserter(known),
                               &programme::Screen::instrument);
        for (const std::string& option : columns_.safety) {
            const std::size_t sign = option.find('=');
            if (sign == std::string::npos || sign + 1 == option.size()) {
                return fail(usage_error("does not say where the answers stand")
                                .at("", "--safety")
                                .value(option)
                                .remedy("Write what=columns, e.g. --safety cesd='cesd_{}'."));
            }
            const std::string name = option.substr(0, sign);
            if (std::ranges::find(known, name) == known.end()) {
                return fail(usage_error(fmt::format("is not part of {}'s safety screen.{}", protocol_.id,
                                                    suggestion(name, known)))
                                .at("", "--safety")
                                .value(name));
            }
            if (!places_.emplace(name, option.substr(sign + 1)).second) {
                return fail(usage_error("is given twice").at("", "--safety").value(name));
            }
        }
        return {};
    }

    Result<void> read_moderator() {
        const Instrument instrument = TRY(instrument::find_instrument(protocol_.moderator.instrument));
        const AnswerSheet sheet = TRY(read_answers(frame_, instrument, columns_.items, columns_.id));
        const std::size_t scale = index_of_scale(instrument, protocol_.moderator.scale);
        std::vector<std::vector<double>> halves(protocol_.moderator.halves.size());
        for (std::size_t row = 0; row < sheet.answers.size(); ++row) {
            const auto scores = TRY(instrument::score(instrument, sheet.answers[row]));
            Person person;
            person.id = sheet.ids[row];
            if (scores[scale].value) {
                person.moderator = programme::to_points(*scores[scale].value);
            }
            person.why_not_scored = scores[scale].why;
            person.safety.screens.resize(protocol_.safety.screens.size());
            screening_.people.push_back(std::move(person));
            for (std::size_t half = 0; half < halves.size(); ++half) {
                const auto& score = scores[index_of_scale(instrument, protocol_.moderator.halves[half])];
                halves[half].push_back(score.value.value_or(std::numeric_limits<double>::quiet_NaN()));
            }
        }
        if (halves.size() == 2) {
            const double correlation = statistics::correlation(halves[0], halves[1]);
            if (!std::isnan(correlation)) {
                screening_.halves_correlation = correlation;
            }
        }
        note_found(instrument.id, sheet.columns);
        return {};
    }

    void note_found(const std::string& name, const std::vector<std::string>& columns) {
        screening_.found.push_back(
            columns.size() == 1 ? fmt::format("{} from {}", name, columns.front())
                                : fmt::format("{} from {} to {}", name, columns.front(), columns.back()));
    }

    // Where `count` items stand: as named, or by their usual names; "" where the file does not hold them.
    // Some but not all of them is an error, because a safety answer that is overlooked must not look like one
    // that was not asked.
    Result<std::string> items_of(const std::string& name, std::size_t count) const {
        const auto place = places_.find(name);
        if (place != places_.end()) {
            return place->second == "none" ? "" : place->second;
        }
        const std::string usual = usual_template(name);
        const std::vector<std::string> columns = TRY(table::expand_template(usual, count));
        std::string absent;
        for (const std::string& column : columns) {
            if (!frame_.has(column)) {
                absent += (absent.empty() ? "" : ", ") + column;
            }
        }
        const bool is_there =
            std::ranges::any_of(columns, [&](const auto& each) { return frame_.has(each); });
        if (is_there && !absent.empty()) {
            return fail(
                unacceptable(fmt::format("has some of the columns {} of {}, but not {}", usual, name, absent))
                    .at(frame_.source())
                    .remedy(fmt::format("Say where they stand, --safety {}=..., or that they are something "
                                        "else: --safety {}=none.",
                                        name, name)));
        }
        return is_there ? usual : "";
    }

    static bool is_one_column(const std::string& items) {
        return items.find("{}") == std::string::npos && items.find(',') == std::string::npos;
    }

    Result<void> read_screen(std::size_t index) {
        const programme::Screen& screen = protocol_.safety.screens[index];
        const Instrument instrument = TRY(instrument::find_instrument(screen.instrument));
        const std::string items = TRY(items_of(screen.instrument, instrument.items.size()));
        if (items.empty()) {
            return {};
        }
        const std::size_t scale = index_of_scale(instrument, screen.scale);
        return is_one_column(items) && instrument.items.size() > 1
                   ? read_finished_score(index, instrument.scales[scale], items)
                   : read_items(index, instrument, scale, items);
    }

    Result<void> read_items(std::size_t index, const Instrument& instrument, std::size_t scale,
                            const std::string& items) {
        const AnswerSheet sheet = TRY(read_answers(frame_, instrument, items, columns_.id));
        for (std::size_t row = 0; row < sheet.answers.size(); ++row) {
            ScreenAnswers& answers = screening_.people[row].safety.screens[index];
            answers.is_asked = true;
            answers.items = sheet.answers[row];
            const auto scores = TRY(instrument::score(instrument, sheet.answers[row]));
            if (scores[scale].value) {
                answers.score = programme::to_points(*scores[scale].value);
                answers.lowest_possible = answers.score;
            } else {
                answers.lowest_possible =
                    programme::to_points(TRY(lowest_possible_score(instrument, scale, sheet.answers[row])));
            }
        }
        note_found(instrument.id, sheet.columns);
        return {};
    }

    Result<void> read_finished_score(std::size_t index, const instrument::Scale& scale,
                                     const std::string& name) {
        const table::Column* column = TRY(frame_.find_numbers(name));
        for (std::size_t row = 0; row < frame_.rows(); ++row) {
            ScreenAnswers& answers = screening_.people[row].safety.screens[index];
            answers.is_asked = true;
            if (column->is_missing(row)) {
                continue;
            }
            const double score = column->numbers()[row];
            if (!(score >= scale.minimum && score <= scale.maximum)) {
                return fail(unacceptable(fmt::format("is outside the scores {} to {}",
                                                     shortest(scale.minimum), shortest(scale.maximum)))
                                .at(frame_.place(row, name))
                                .value(shortest(score)));
            }
            answers.score = programme::to_points(score);
            answers.lowest_possible = answers.score;
        }
        note_found(protocol_.safety.screens[index].instrument + " score", {name});
        return {};
    }

    Result<void> read_kindness() {
        if (!protocol_.kindness) {
            return {};
        }
        const Instrument instrument = as_instrument(*protocol_.kindness);
        const std::string items = TRY(items_of(kindness_name, instrument.items.size()));
        if (items.empty()) {
            return {};
        }
        const AnswerSheet sheet = TRY(read_answers(frame_, instrument, items, columns_.id));
        for (std::size_t row = 0; row < sheet.answers.size(); ++row) {
            screening_.people[row].safety.kindness = sheet.answers[row];
        }
        note_found(kindness_name, sheet.columns);
        return {};
    }

    // A column by the --safety option or its usual name; nothing where the file does not hold it.
    Result<const table::Column*> column_of(const std::string& name) const {
        const auto place = places_.find(name);
        const bool is_named = place != places_.end();
        if (is_named ? place->second == "none" : !frame_.has(name)) {
            return nullptr;
        }
        return frame_.find(is_named ? place->second : name);
    }

    Result<void> read_list() {
        const table::Column* column = TRY(column_of(list_name));
        for (std::size_t row = 0; column != nullptr && row < frame_.rows(); ++row) {
            const std::string cell = lower_case(trim(column->text(row)));
            ListAnswer& answer = screening_.people[row].safety.list;
            if (cell.empty()) {
                answer = ListAnswer::missing;
            } else if (cell == "proceed") {
                answer = ListAnswer::proceed;
            } else if (cell == "talk first" || cell == "talk-first") {
                answer = ListAnswer::talk_first;
            } else {
                return fail(
                    unacceptable("is not what the list on the device may say")
                        .at(frame_.place(row, column->name()))
                        .value(column->text(row))
                        .remedy("It is \"proceed\" or \"talk first\", or empty where it was not answered."));
            }
        }
        if (column != nullptr) {
            note_found("on-device list", {column->name()});
        }
        return {};
    }

    Result<void> read_help() {
        const table::Column* column = TRY(column_of(help_name));
        for (std::size_t row = 0; column != nullptr && row < frame_.rows(); ++row) {
            const std::string cell = lower_case(trim(column->text(row)));
            const bool asks = cell == "1" || cell == "yes" || cell == "true";
            if (!asks && !cell.empty() && cell != "0" && cell != "no" && cell != "false") {
                return fail(unacceptable("does not say whether the person asks for help")
                                .at(frame_.place(row, column->name()))
                                .value(column->text(row))
                                .remedy("Write 1 or 0, yes or no, or leave it empty."));
            }
            screening_.people[row].safety.asks_for_help = asks;
        }
        if (column != nullptr) {
            note_found("asking for help", {column->name()});
        }
        return {};
    }

    const table::Frame& frame_;
    const Protocol& protocol_;
    const ScreeningColumns& columns_;
    std::map<std::string, std::string> places_;
    Screening screening_;
};

}  // namespace

Result<Screening> read_screening(const table::Frame& frame, const Protocol& protocol,
                                 const ScreeningColumns& columns) {
    return ScreeningReader(frame, protocol, columns).read();
}

// Items enter a scale one by one, so each missing answer can be tried at both ends on its own.
Result<double> lowest_possible_score(const Instrument& instrument, std::size_t scale,
                                     const Answers& answers) {
    Answers filled = answers;
    const auto score_of_filled = [&]() -> Result<double> {
        const auto scores = TRY(instrument::score(instrument, filled));
        ENSURE(scores[scale].value.has_value());
        return *scores[scale].value;
    };
    for (std::size_t item = 0; item < filled.size(); ++item) {
        if (!filled[item]) {
            filled[item] = instrument.responses_of(static_cast<int>(item) + 1).minimum;
        }
    }
    double lowest = TRY(score_of_filled());
    for (std::size_t item = 0; item < filled.size(); ++item) {
        if (answers[item]) {
            continue;
        }
        const auto& responses = instrument.responses_of(static_cast<int>(item) + 1);
        filled[item] = responses.maximum;
        const double other = TRY(score_of_filled());
        if (other < lowest) {
            lowest = other;
        } else {
            filled[item] = responses.minimum;
        }
    }
    return lowest;
}

}  // namespace groundwork::command
