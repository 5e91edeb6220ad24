#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "instrument/check_definition.h"
#include "instrument/fraction.h"
#include "instrument/working.h"

namespace groundwork::instrument {

namespace {

constexpr double tolerance = 1e-9;

bool is_same(double a, double b) { return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b)); }

struct Extent {
    double lowest = 0, highest = 0;
};

// The lowest and the highest score that answers can give. Scales that a scale is made of are taken as
// independent.
class Reach {
  public:
    explicit Reach(const Instrument& instrument) : instrument_(instrument) {}

    Extent of(const Scale& scale) const {
        const bool is_of_scales = scale.rule == Rule::mean_of_scales || scale.rule == Rule::sum_of_scales;
        Extent sum = is_of_scales ? sum_of_scales(scale) : sum_of_items(scale);
        const double count = scale.rule == Rule::mean_of_items    ? static_cast<double>(scale.items.size())
                             : scale.rule == Rule::mean_of_scales ? static_cast<double>(scale.scales.size())
                                                                  : 1.0;
        Extent extent{sum.lowest / count * scale.multiplier, sum.highest / count * scale.multiplier};
        if (scale.gate) {
            extent.lowest = std::min(extent.lowest, scale.gate->then);
            extent.highest = std::max(extent.highest, scale.gate->then);
        }
        return extent;
    }

  private:
    Extent sum_of_items(const Scale& scale) const {
        Extent sum;
        for (const int item : scale.items) {
            const Responses& responses = instrument_.responses_of(item);
            constexpr double infinite = std::numeric_limits<double>::infinity();
            Extent counted{infinite, -infinite};
            // Reversal maps the answers onto themselves, so every one of them is counted.
            for (int answer = responses.minimum; answer <= responses.maximum; ++answer) {
                const auto recoded = scale.recoded.find(answer);
                int number = recoded == scale.recoded.end() ? answer : recoded->second;
                if (scale.rule == Rule::count_at_least) {
                    number = number >= *scale.threshold ? 1 : 0;
                }
                counted.lowest = std::min(counted.lowest, static_cast<double>(number));
                counted.highest = std::max(counted.highest, static_cast<double>(number));
            }
            sum.lowest += counted.lowest;
            sum.highest += counted.highest;
        }
        return sum;
    }

    Extent sum_of_scales(const Scale& scale) const {
        Extent sum;
        for (const std::string& id : scale.scales) {
            const Scale* part = instrument_.find_scale(id);
            ENSURE(part != nullptr);
            // The stated range: a wrong one has its own finding, and every scale is looked at once only.
            sum.lowest += part->minimum;
            sum.highest += part->maximum;
        }
        return sum;
    }

    const Instrument& instrument_;
};

class ScoreCheck {
  public:
    explicit ScoreCheck(const Instrument& instrument) : instrument_(instrument) {}

    std::vector<Finding> run() {
        for (std::size_t i = 0; i < instrument_.scales.size(); ++i) {
            const Scale& scale = instrument_.scales[i];
            const std::string where = fmt::format("scales[{}]", i);
            check_range(scale, where + ".range");
            check_bands(scale, where + ".bands.list");
            check_published_numbers(scale, where);
        }
        for (std::size_t i = 0; i < instrument_.vectors.size(); ++i) {
            check_vector(instrument_.vectors[i], fmt::format("vectors[{}]", i));
        }
        check_coverage();
        return std::move(findings_);
    }

  private:
    void error(std::string where, std::string message) {
        findings_.push_back({Severity::error, std::move(where), std::move(message)});
    }
    void warn(std::string where, std::string message) {
        findings_.push_back({Severity::warning, std::move(where), std::move(message)});
    }

    void check_range(const Scale& scale, const std::string& where) {
        const Extent reach = Reach(instrument_).of(scale);
        if (!is_same(reach.lowest, scale.minimum) || !is_same(reach.highest, scale.maximum)) {
            error(where,
                  fmt::format("says {} to {}, but the {} of \"{}\" reaches {} to {}", shortest(scale.minimum),
                              shortest(scale.maximum), rule_in_words(scale.rule), scale.id,
                              shortest(reach.lowest), shortest(reach.highest)));
        }
    }

    bool is_in_range(const Scale& scale, double score) const {
        return score >= scale.minimum && score <= scale.maximum;
    }

    void check_bands(const Scale& scale, const std::string& where) {
        if (scale.bands.empty()) {
            return;
        }
        bool is_on_range = true;
        for (std::size_t i = 0; i < scale.bands.size(); ++i) {
            const Band& band = scale.bands[i];
            for (const auto& bound : {band.at_least, band.above, band.at_most, band.below}) {
                if (bound && !is_in_range(scale, *bound)) {
                    error(fmt::format("{}[{}]", where, i),
                          fmt::format("the band \"{}\" has the bound {}, outside the scale's range {} to {}",
                                      band.id, shortest(*bound), shortest(scale.minimum),
                                      shortest(scale.maximum)));
                    is_on_range = false;
                }
            }
        }
        if (is_on_range) {
            check_cover(scale, where);
        }
    }

    // Scores that decide whether the bands hold every score once: all of them where scores are whole steps,
    // otherwise every bound and a point between each two.
    static std::vector<double> deciding_scores(const Scale& scale) {
        const bool is_whole =
            (scale.rule == Rule::sum_of_items || scale.rule == Rule::count_at_least) &&
            scale.missing.at_most == 0 && scale.multiplier >= 1 &&
            scale.multiplier == std::floor(scale.multiplier) &&
            (!scale.gate || std::fmod(scale.gate->then - scale.minimum, scale.multiplier) == 0);
        std::vector<double> scores;
        if (is_whole) {
            const auto steps =
                static_cast<int>(std::floor((scale.maximum - scale.minimum) / scale.multiplier));
            for (int step = 0; step <= steps; ++step) {
                scores.push_back(scale.minimum + step * scale.multiplier);
            }
            return scores;
        }
        std::set<double> bounds = {scale.minimum, scale.maximum};
        for (const Band& band : scale.bands) {
            for (const auto& bound : {band.at_least, band.above, band.at_most, band.below}) {
                if (bound) {
                    bounds.insert(*bound);
                }
            }
        }
        for (auto bound = bounds.begin(); bound != bounds.end(); ++bound) {
            scores.push_back(*bound);
            if (std::next(bound) != bounds.end()) {
                scores.push_back((*bound + *std::next(bound)) / 2);
            }
        }
        return scores;
    }

    void check_cover(const Scale& scale, const std::string& where) {
        std::vector<bool> is_used(scale.bands.size(), false);
        bool has_gap = false;
        std::set<std::pair<std::size_t, std::size_t>> overlaps;
        for (const double score : deciding_scores(scale)) {
            std::optional<std::size_t> holder;
            for (std::size_t i = 0; i < scale.bands.size(); ++i) {
                if (!scale.bands[i].holds(score)) {
                    continue;
                }
                is_used[i] = true;
                if (holder && overlaps.emplace(*holder, i).second) {
                    error(where, fmt::format("the bands \"{}\" and \"{}\" overlap: both hold {}",
                                             scale.bands[*holder].id, scale.bands[i].id, shortest(score)));
                }
                holder = holder.value_or(i);
            }
            if (!holder && !std::exchange(has_gap, true)) {
                error(where, fmt::format("no band holds the score {}, which \"{}\" can reach",
                                         shortest(score), scale.id));
            }
        }
        for (std::size_t i = 0; i < scale.bands.size(); ++i) {
            if (!is_used[i]) {
                error(fmt::format("{}[{}]", where, i),
                      fmt::format("the band \"{}\" holds no score that \"{}\" can reach", scale.bands[i].id,
                                  scale.id));
            }
        }
    }

    void check_published_numbers(const Scale& scale, const std::string& where) {
        const std::string range =
            fmt::format("the scale's range {} to {}", shortest(scale.minimum), shortest(scale.maximum));
        for (std::size_t i = 0; i < scale.cut_offs.size(); ++i) {
            if (!is_in_range(scale, scale.cut_offs[i].at_least)) {
                error(fmt::format("{}.cut_offs[{}].at_least", where, i),
                      fmt::format("{} is outside {}", shortest(scale.cut_offs[i].at_least), range));
            }
        }
        for (std::size_t i = 0; i < scale.norms.size(); ++i) {
            const Norm& norm = scale.norms[i];
            if (norm.mean && !is_in_range(scale, *norm.mean)) {
                error(fmt::format("{}.norms[{}].mean", where, i),
                      fmt::format("{} is outside {}", shortest(*norm.mean), range));
            }
            // No distribution on [a, b] has a standard deviation above (b - a) / 2, but for the n - 1 of a
            // small sample.
            if (norm.sd && *norm.sd > (scale.maximum - scale.minimum) / 2 * std::sqrt(2.0)) {
                error(
                    fmt::format("{}.norms[{}].sd", where, i),
                    fmt::format("{} is larger than scores within {} can spread", shortest(*norm.sd), range));
            }
        }
        for (std::size_t i = 0; i < scale.reliable_change.size(); ++i) {
            if (scale.reliable_change[i].points > scale.maximum - scale.minimum) {
                error(fmt::format("{}.reliable_change[{}].points", where, i),
                      fmt::format("{} is more than the whole of {}",
                                  shortest(scale.reliable_change[i].points), range));
            }
        }
    }

    void check_vector(const Vector& vector, const std::string& where) {
        const Result<std::vector<Working>> workings = work_out(instrument_, vector.answers);
        if (!workings) {
            const Error& trouble = workings.error();
            const std::string item =
                trouble.place().column.empty() ? "" : "item " + trouble.place().column + ": ";
            const std::string value =
                trouble.offending_value().empty() ? "" : trouble.offending_value() + " ";
            error(where + ".answers",
                  fmt::format("\"{}\": {}{}{}", vector.name, item, value, trouble.problem()));
            return;
        }
        for (const auto& [id, expected] : vector.scores) {
            const auto place =
                std::ranges::find_if(*workings, [&](const Working& each) { return each.scale->id == id; });
            if (place == workings->end()) {
                error(where + ".scores." + id, fmt::format("there is no scale \"{}\"", id));
                continue;
            }
            const auto& computed = place->score.value;
            const bool comes_out = computed && expected ? is_same(*computed, *expected)
                                                        : computed.has_value() == expected.has_value();
            if (!comes_out) {
                error(where + ".scores." + id,
                      fmt::format("\"{}\" expects {} {}, but its answers give: {}", vector.name, id,
                                  expected ? shortest(*expected) : "not scored",
                                  arithmetic(*workings, *place)));
            }
        }
    }

    // Every scale needs known answers, complete and with one missing.
    void check_coverage() {
        for (std::size_t i = 0; i < instrument_.scales.size(); ++i) {
            const Scale& scale = instrument_.scales[i];
            bool has_complete = false, has_missing = false;
            for (const Vector& vector : instrument_.vectors) {
                const bool is_complete =
                    std::ranges::all_of(vector.answers, [](const auto& each) { return each.has_value(); });
                if (vector.scores.contains(scale.id)) {
                    (is_complete ? has_complete : has_missing) = true;
                }
            }
            if (!has_complete || !has_missing) {
                warn(fmt::format("scales[{}]", i),
                     fmt::format("no known-answer vector checks \"{}\" {}", scale.id,
                                 has_complete ? "with an answer missing" : "with every answer given"));
            }
        }
    }

    const Instrument& instrument_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_scores(const Instrument& instrument) { return ScoreCheck(instrument).run(); }

}  // namespace groundwork::instrument
