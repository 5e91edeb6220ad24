// groundwork instruments: what ships, and one instrument in full.
#include <fmt/format.h>

#include <ostream>

#include "command/commands.h"
#include "foundation/json.h"
#include "instrument/instrument.h"

namespace groundwork::command {

namespace {

using namespace instrument;

std::string joined_numbers(const std::vector<int>& numbers) {
    std::vector<std::string> texts;
    for (const int number : numbers) {
        texts.push_back(std::to_string(number));
    }
    return join(texts, ", ");
}

std::vector<std::string> wording_languages(const Instrument& instrument) {
    std::vector<std::string> languages;
    for (const auto& [language, words] : instrument.items.front().wording) {
        languages.push_back(language);
    }
    return languages;
}

std::string verified_in_words(const Instrument& instrument) { return instrument.key_verified ? "yes" : "NO"; }

json::object listed(const Instrument& instrument) {
    const auto languages = wording_languages(instrument);
    json::array scales;
    for (const Scale& scale : instrument.scales) {
        scales.push_back(json::value_from(scale.id));
    }
    return {{"id", instrument.id},
            {"version", instrument.version},
            {"name", instrument.name.at("en")},
            {"measures", instrument.measures},
            {"items", instrument.items.size()},
            {"scales", scales},
            {"verified", instrument.key_verified},
            {"wording_ships", instrument.licence.wording_ships},
            {"languages", json::array(languages.begin(), languages.end())}};
}

void print_answers(std::ostream& out, const Responses& responses, const std::string& language,
                   const std::string& indent) {
    const auto labels = responses.labels.find(language);
    if (labels == responses.labels.end()) {
        return;
    }
    for (std::size_t i = 0; i < labels->second.size(); ++i) {
        if (!labels->second[i].empty()) {
            out << fmt::format("{}{} = {}\n", indent, responses.minimum + static_cast<int>(i),
                               labels->second[i]);
        }
    }
}

void print_wording(std::ostream& out, const Instrument& instrument, const std::string& language) {
    out << fmt::format("\nItems ({})\n", language);
    const auto instruction = instrument.instruction.find(language);
    if (instruction != instrument.instruction.end()) {
        out << "  " << instruction->second << '\n';
    }
    print_answers(out, instrument.responses, language, "    ");
    for (const Item& item : instrument.items) {
        const auto preamble = item.preamble.find(language);
        if (preamble != item.preamble.end()) {
            out << "  " << preamble->second << '\n';
        }
        out << fmt::format("  {:>3}  {}\n", item.number, item.wording.at(language));
        if (item.responses) {
            print_answers(out, *item.responses, language, "         ");
        }
        if (!item.risk.empty()) {
            out << "       RISK ITEM: " << item.risk << '\n';
        }
    }
}

std::string missing_in_words(const MissingRule& rule) {
    const std::string filled = rule.fill == Fill::person_mean
                                   ? "missing items take the mean of the person's answered ones"
                                   : "the answered items count alone";
    return rule.at_most == 0 ? "every item must be answered"
                             : fmt::format("at most {} may be missing; {}", rule.at_most, filled);
}

std::string bounds_in_words(const Scale& scale, const Band& band) {
    const std::string from = band.at_least ? "from " + shortest(*band.at_least)
                             : band.above  ? "above " + shortest(*band.above)
                                           : "from " + shortest(scale.minimum);
    const std::string to = band.at_most ? "to " + shortest(*band.at_most)
                           : band.below ? "to below " + shortest(*band.below)
                                        : "to " + shortest(scale.maximum);
    return from + " " + to;
}

void print_rule(std::ostream& out, const Scale& scale) {
    if (!scale.items.empty()) {
        out << fmt::format("    items       {}\n", joined_numbers(scale.items));
        if (!scale.reversed.empty()) {
            out << fmt::format("    reversed    {}\n", joined_numbers(scale.reversed));
        }
    } else {
        out << fmt::format("    scales      {}\n", join(scale.scales, ", "));
        if (!scale.reversed_scales.empty()) {
            out << fmt::format("    reversed    {}\n", join(scale.reversed_scales, ", "));
        }
    }
    for (const auto& [answer, counts_as] : scale.recoded) {
        out << fmt::format("    recoded     {} counts as {}\n", answer, counts_as);
    }
    if (scale.threshold) {
        out << fmt::format("    counts      answers of {} or more\n", *scale.threshold);
    }
    if (scale.gate) {
        out << fmt::format("    gate        item {} answered {}: the score is {}, the others are not read\n",
                           scale.gate->item, scale.gate->equals, shortest(scale.gate->then));
    }
    if (scale.multiplier != 1) {
        out << fmt::format("    multiplied  by {}\n", shortest(scale.multiplier));
    }
}

void print_published(std::ostream& out, const Scale& scale) {
    for (const CutOff& cut : scale.cut_offs) {
        out << fmt::format("    cut-off     {} and more: {} ({})\n", shortest(cut.at_least), cut.meaning,
                           cut.source);
    }
    for (const Norm& norm : scale.norms) {
        out << fmt::format("    norm        {}{}{}{} ({})\n", norm.population,
                           norm.n ? fmt::format(", n {}", *norm.n) : "",
                           norm.mean ? fmt::format(", mean {}", shortest(*norm.mean)) : "",
                           norm.sd ? fmt::format(", SD {}", shortest(*norm.sd)) : "", norm.source);
    }
    for (const Reliability& reliability : scale.reliability) {
        out << fmt::format("    {:<11} {} in {} ({})\n", reliability.kind, shortest(reliability.value),
                           reliability.population, reliability.source);
    }
    for (const PublishedChange& change : scale.reliable_change) {
        out << fmt::format("    change      {} points{}{} ({})\n", shortest(change.points),
                           change.meaning.empty() ? "" : ": " + change.meaning,
                           change.verified ? "" : ", NOT VERIFIED", change.source);
    }
}

void print_scale(std::ostream& out, const Scale& scale) {
    out << fmt::format("\n  {}: {}, {}, {} to {}\n", scale.id, scale.name.at("en"), rule_in_words(scale.rule),
                       shortest(scale.minimum), shortest(scale.maximum));
    print_rule(out, scale);
    out << fmt::format("    missing     {} ({})\n", missing_in_words(scale.missing), scale.missing.source);
    for (const Band& band : scale.bands) {
        out << fmt::format("    band        {}: {}\n", bounds_in_words(scale, band), band.label.at("en"));
    }
    if (!scale.bands.empty()) {
        out << fmt::format("                ({})\n", scale.bands_source);
    }
    print_published(out, scale);
    if (!scale.note.empty()) {
        out << fmt::format("    note        {}\n", scale.note);
    }
}

void print_vectors(std::ostream& out, const Instrument& instrument) {
    out << "\nKnown answers\n";
    for (const Vector& vector : instrument.vectors) {
        std::vector<std::string> answers, scores;
        for (const auto& answer : vector.answers) {
            answers.push_back(answer ? std::to_string(*answer) : "-");
        }
        for (const auto& [scale, score] : vector.scores) {
            scores.push_back(fmt::format("{} {}", scale, score ? shortest(*score) : "not scored"));
        }
        out << fmt::format("  {}\n    {}\n    {}\n    {}\n", vector.name, join(answers, " "),
                           join(scores, ", "), vector.worked);
    }
}

void print_licence(std::ostream& out, const Instrument& instrument) {
    const Licence& licence = instrument.licence;
    out << fmt::format("\nLicence: {}\n", licence.terms);
    for (const LicenceEvidence& evidence : licence.evidence) {
        out << fmt::format("  {} ({}): {}\n", evidence.source, evidence.address, evidence.says);
    }
    for (const WordingSource& source : licence.wording_sources) {
        out << fmt::format("  wording ({}) copied from {}, {}\n", source.language, source.source,
                           source.address);
        if (!source.checked_against.empty()) {
            out << fmt::format("    compared with {}\n", source.checked_against);
        }
    }
    for (const auto& [language, standing] : instrument.languages) {
        out << fmt::format("  {}: {}\n", language, standing);
    }
}

void print_in_full(std::ostream& out, const Instrument& instrument) {
    out << fmt::format("{} ({}), version {}\n", instrument.name.at("en"), instrument.id, instrument.version);
    out << fmt::format("Key verified against its source: {}\n", verified_in_words(instrument));
    out << fmt::format("  {}{}\n", instrument.key_source,
                       instrument.key_address.empty() ? "" : ", " + instrument.key_address);
    if (!instrument.key_note.empty()) {
        out << fmt::format("  {}\n", instrument.key_note);
    }
    out << fmt::format("\nMeasures {}{}; a higher total is {}.\n", instrument.measures,
                       instrument.period.empty() ? "" : " (" + instrument.period + ")",
                       instrument.higher_means);
    out << fmt::format("Cite: {}\n", instrument.citation);
    for (const std::string& warning : instrument.warnings) {
        out << "Note: " << warning << '\n';
    }
    if (wording_languages(instrument).empty()) {
        out << fmt::format(
            "\n{} items answered {} to {}. The wording does not ship: the licence evidence does not allow "
            "it.\n",
            instrument.items.size(), instrument.responses.minimum, instrument.responses.maximum);
    }
    for (const std::string& language : wording_languages(instrument)) {
        print_wording(out, instrument, language);
    }
    out << "\nScales\n";
    for (const Scale& scale : instrument.scales) {
        print_scale(out, scale);
    }
    print_vectors(out, instrument);
    print_licence(out, instrument);
}

class InstrumentsCommand : public Command {
  public:
    std::string name() const override { return "instruments"; }
    std::string summary() const override { return "The questionnaires that ship, or one of them in full"; }
    std::string manual() const override {
        return "Example: groundwork instruments\n"
               "         groundwork instruments phq9\n"
               "  shows the items where they may ship, the key and whether it was verified against its "
               "source, the\n"
               "  missing-data rule, bands, norms, licence evidence and the known answers that the tests "
               "check.\n"
               "With --json one instrument is its definition file (docs/formats.md).";
    }
    void declare(Options& options) override {
        options.positional("ID", id_, Need::optional, "an instrument's id or the path of its file");
    }

    Result<void> run(Console& console) override {
        if (id_.empty()) {
            list(console);
            return {};
        }
        const Instrument instrument = TRY(find_instrument(id_));
        if (console.wants_json()) {
            console.print_json(TRY(parse_json(instrument.content_hash_source, id_)));
        } else {
            print_in_full(console.out(), instrument);
        }
        return {};
    }

  private:
    static void list(Console& console) {
        json::array list;
        std::string lines =
            fmt::format("{:<10} {:<6} {:<9} {:<10} {}\n", "id", "items", "verified", "wording", "name");
        for (const Instrument& instrument : shipped_instruments()) {
            list.push_back(listed(instrument));
            const auto languages = wording_languages(instrument);
            lines +=
                fmt::format("{:<10} {:<6} {:<9} {:<10} {}\n", instrument.id, instrument.items.size(),
                            verified_in_words(instrument),
                            languages.empty() ? "not here" : join(languages, ", "), instrument.name.at("en"));
        }
        if (console.wants_json()) {
            console.print_json(json::object{{"instruments", list}});
        } else {
            console.out() << lines << "\n`groundwork instruments ID` shows one in full.\n";
        }
    }

    std::string id_;
};

}  // namespace

std::unique_ptr<Command> make_instruments_command() { return std::make_unique<InstrumentsCommand>(); }

}  // namespace groundwork::command
