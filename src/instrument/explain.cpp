#include <fmt/format.h>

#include <algorithm>

#include "instrument/working.h"

namespace groundwork::instrument {

namespace {

std::string english(const Wording& wording) {
    const auto found = wording.find("en");
    return found == wording.end() ? "" : found->second;
}

std::string number_in_sum(int number) {
    return number < 0 ? fmt::format("({})", number) : std::to_string(number);
}

// `4`, `(6 - 2)` for a reversed answer, `(4 counts as 3)` for a recoded one.
std::string term_in_sum(const Term& term, Rule rule) {
    const std::string turned = term.is_reversed
                                   ? fmt::format("({} - {})", term.mirror, number_in_sum(*term.answer))
                                   : number_in_sum(*term.answer);
    if (rule == Rule::count_at_least) {
        return fmt::format("[item {}: {}]", term.item, turned);
    }
    return term.counted == term.turned ? turned : fmt::format("({} counts as {})", turned, term.counted);
}

std::string sum_of_terms(const Working& working) {
    std::string text;
    for (const Term& term : working.terms) {
        const bool counts = term.answer && (working.scale->rule != Rule::count_at_least || term.counted == 1);
        if (counts) {
            text += (text.empty() ? "" : " + ") + term_in_sum(term, working.scale->rule);
        }
    }
    return text;
}

std::string missing_items(const Working& working) {
    std::vector<std::string> numbers;
    for (const Term& term : working.terms) {
        if (!term.answer) {
            numbers.push_back(std::to_string(term.item));
        }
    }
    return join(numbers, ", ");
}

std::string multiplied(const Working& working, double before) {
    return working.scale->multiplier == 1
               ? ""
               : fmt::format("; {} x {} = {}", shortest(before), shortest(working.scale->multiplier),
                             shortest(*working.score.value));
}

std::string arithmetic_of_items(const Working& working) {
    const Scale& scale = *working.scale;
    const double sum = working.sum.value();
    if (scale.rule == Rule::count_at_least) {
        const std::string counted = sum_of_terms(working);
        return fmt::format("{} of {} items are answered {} or more{}", shortest(sum), working.score.asked,
                           *scale.threshold, counted.empty() ? "" : ": " + counted) +
               multiplied(working, sum);
    }
    std::string text = fmt::format("{} = {}", sum_of_terms(working), shortest(sum));
    const std::string missing = missing_items(working);
    if (!missing.empty()) {
        text = fmt::format("not answered: {}; {}", missing, text);
    }
    double value = sum;
    if (scale.rule == Rule::mean_of_items) {
        value = (working.sum / working.score.answered).value();
        text += fmt::format("; {} / {} = {}", shortest(sum), working.score.answered, shortest(value));
    } else if (working.score.answered < working.score.asked) {
        value = (working.sum * Fraction(working.score.asked) / working.score.answered).value();
        text += fmt::format("; each missing item takes the mean of the answered: {} x {} / {} = {}",
                            shortest(sum), working.score.asked, working.score.answered, shortest(value));
    }
    return text + multiplied(working, value);
}

std::string arithmetic_of_scales(const std::vector<Working>& all, const Working& working) {
    const Scale& scale = *working.scale;
    std::string text;
    for (const std::size_t index : working.parts) {
        const Working& part = all[index];
        const bool is_reversed =
            std::ranges::find(scale.reversed_scales, part.scale->id) != scale.reversed_scales.end();
        const std::string named = fmt::format("{} {}", part.scale->id, shortest(*part.score.value));
        text += text.empty() ? "" : " + ";
        text += is_reversed
                    ? fmt::format("({} - {})", shortest(part.scale->minimum + part.scale->maximum), named)
                    : named;
    }
    const double sum = working.sum.value();
    text += fmt::format(" = {}", shortest(sum));
    double value = sum;
    if (scale.rule == Rule::mean_of_scales) {
        const auto count = static_cast<std::int64_t>(working.parts.size());
        value = (working.sum / count).value();
        text += fmt::format("; {} / {} = {}", shortest(sum), count, shortest(value));
    }
    return text + multiplied(working, value);
}

}  // namespace

std::string rule_in_words(Rule rule) {
    switch (rule) {
        case Rule::mean_of_items: return "mean of items";
        case Rule::sum_of_items: return "sum of items";
        case Rule::mean_of_scales: return "mean of scales";
        case Rule::sum_of_scales: return "sum of scales";
        case Rule::count_at_least: return "count of items";
    }
    ENSURE(false);
    return "";
}

std::string arithmetic(const std::vector<Working>& all, const Working& working) {
    const Scale& scale = *working.scale;
    if (!working.score.value) {
        return "not scored: " + working.score.why;
    }
    if (working.gate_closed) {
        return fmt::format("item {} is answered {}, so the others do not count: {}", scale.gate->item,
                           scale.gate->equals, shortest(*working.score.value));
    }
    return working.parts.empty() ? arithmetic_of_items(working) : arithmetic_of_scales(all, working);
}

Result<std::string> explain(const Instrument& instrument, const Answers& answers) {
    const std::vector<Working> workings = TRY(work_out(instrument, answers));
    std::string text =
        fmt::format("{} {}, version {}\n", instrument.id, english(instrument.name), instrument.version);
    text += fmt::format("key: {}{}\n", instrument.key_source,
                        instrument.key_verified ? "" : " (NOT VERIFIED against that source)");
    for (const Working& working : workings) {
        const Scale& scale = *working.scale;
        text += fmt::format("\n{} ({}, {})\n  {}\n", scale.id, english(scale.name), rule_in_words(scale.rule),
                            arithmetic(workings, working));
        const Band* band = working.score.value ? band_of(scale, *working.score.value) : nullptr;
        if (band != nullptr) {
            text += fmt::format("  band: {}\n", english(band->label));
        }
    }
    return text;
}

}  // namespace groundwork::instrument
