#include "statistics/power/power.h"

#include <algorithm>
#include <cmath>

#include "statistics/distributions.h"
#include "statistics/eigen_views.h"
#include "statistics/mixed/coefficient_covariance.h"
#include "statistics/mixed/refit.h"
#include "statistics/simulation.h"

namespace groundwork::statistics {

namespace {

constexpr std::size_t terms = 8;

// Without the data, all that the model's parts need to know: one grouping factor, intercept and slope.
RandomEffects random_effects(std::size_t people) {
    RandomEffects effects;
    Block block;
    block.group = "person";
    block.levels = people;
    block.names = {"(Intercept)", "week"};
    effects.blocks.push_back(std::move(block));
    effects.terms = {{0, 0, 2, true}};
    effects.entries = {{0, 0, 0}, {0, 1, 0}, {0, 1, 1}};
    return effects;
}

// Weeks are centred and scaled for the search, as a fit to rows would do.
struct WeekScale {
    double middle = 0, spread = 1;
};

WeekScale week_scale(std::size_t days) {
    const double last = static_cast<double>(days) - 1;
    return {last / 14, std::sqrt((last + 1) * (last + 1) - 1) / (7 * std::sqrt(12.0))};
}

// One programme, drawn: each person's days, their moderator, and an outcome without fixed effects.
struct Draw {
    LevelProducts products;  // columns: the formula's eight, and the outcome
    std::size_t rows = 0;
};

Draw drawn(const PowerDesign& design, std::size_t people, const WeekScale& scale, const Matrix& root,
           RandomStream& random) {
    Draw draw{LevelProducts(people, 2, terms + 1), 0};
    LevelProducts& products = draw.products;
    double squares = 0;
    for (std::size_t person = 0; person < people; ++person) {
        std::size_t end = design.days;
        if (random.next_uniform() < design.dropout) {
            end = 1 + random.next_below(design.days);
        }
        double n = 0, s = 0, ss = 0;  // of the scaled week
        for (std::size_t day = 0; day < end; ++day) {
            if (design.missing > 0 && random.next_uniform() < design.missing) {
                continue;
            }
            const double week = (static_cast<double>(day) / 7 - scale.middle) / scale.spread;
            n += 1;
            s += week;
            ss += week * week;
        }
        draw.rows += static_cast<std::size_t>(n);
        const double arm = static_cast<double>(person % 2);
        const double moderator = design.sd_moderator * random.next_normal();
        const double first = random.next_normal(), second = random.next_normal();
        const double intercept = root(0, 0) * first, slope = root(1, 0) * first + root(1, 1) * second;
        // Z'e = sigma L z and e'e, with L the root of Z'Z.
        const double l00 = std::sqrt(n), l10 = n > 0 ? s / l00 : 0,
                     l11 = n > 1 ? std::sqrt(std::max(ss - l10 * l10, 0.0)) : 0;
        const double z0 = random.next_normal(), z1 = random.next_normal();
        const std::size_t rank = n > 1 ? 2 : n > 0 ? 1 : 0;
        const double e0 = design.sigma * l00 * z0, e1 = design.sigma * (l10 * z0 + l11 * z1);
        squares += design.sigma * design.sigma *
                   ((rank > 0 ? z0 * z0 : 0) + (rank > 1 ? z1 * z1 : 0) +
                    next_chi_square(random, static_cast<std::size_t>(n) - rank));
        const double y0 = n * intercept + s * slope + e0, y1 = s * intercept + ss * slope + e1;
        squares += intercept * (y0 + e0) + slope * (y1 + e1);
        products.a(person, 0, 0) = n;
        products.a(person, 1, 0) = s;
        products.a(person, 1, 1) = ss;
        // Columns: (1, week) times 1, arm, moderator, arm * moderator.
        const double person_part[4] = {1, arm, moderator, arm * moderator};
        const double inner[2][2] = {{n, s}, {s, ss}}, outcome[2] = {y0, y1};
        for (std::size_t k = 0; k < 4; ++k) {
            for (std::size_t z = 0; z < 2; ++z) {
                products.b(person, 0, 2 * k + z) = inner[0][z] * person_part[k];
                products.b(person, 1, 2 * k + z) = inner[1][z] * person_part[k];
                products.total(2 * k + z, terms) += outcome[z] * person_part[k];
                for (std::size_t l = 0; l < 4; ++l) {
                    for (std::size_t w = 0; w < 2; ++w) {
                        products.total(2 * k + z, 2 * l + w) += inner[z][w] * person_part[k] * person_part[l];
                    }
                }
            }
        }
        products.b(person, 0, terms) = y0;
        products.b(person, 1, terms) = y1;
    }
    for (std::size_t k = 0; k < terms; ++k) {
        products.total(terms, k) = products.total(k, terms);
    }
    products.total(terms, terms) = squares;
    return draw;
}

// In the order of the drawn columns; weeks there are scaled, so slopes are per spread.
const std::vector<std::string>& drawn_terms() {
    static const std::vector<std::string> names = {
        "(Intercept)", "week",           "arm",           "week:arm",
        "moderator",   "week:moderator", "arm:moderator", "week:arm:moderator"};
    return names;
}

struct Outcome {
    bool fitted = false;
    std::vector<double> error, standard_error, critical;  // by asked term
};

struct Asked {
    std::vector<std::size_t> columns;  // by effect: the drawn column
};

Outcome simulated(const PowerDesign& design, std::size_t people, const PowerOptions& options,
                  const Asked& asked, std::size_t simulation) {
    RandomStream random(options.seed, simulation);
    const WeekScale scale = week_scale(design.days);
    // The covariance of intercept and slope for weeks as scaled.
    const double cross = design.correlation * design.sd_intercept * design.sd_slope;
    const double slope_variance = design.sd_slope * design.sd_slope;
    const double v00 = design.sd_intercept * design.sd_intercept + 2 * scale.middle * cross +
                       scale.middle * scale.middle * slope_variance;
    const double v10 = scale.spread * (cross + scale.middle * slope_variance);
    const double v11 = scale.spread * scale.spread * slope_variance;
    Matrix root(2, 2);
    root(0, 0) = std::sqrt(v00);
    root(1, 0) = v00 > 0 ? v10 / root(0, 0) : 0;
    root(1, 1) = std::sqrt(std::max(v11 - root(1, 0) * root(1, 0), 0.0));

    Draw draw = drawn(design, people, scale, root, random);
    Problem problem;
    problem.coordinates = Coordinates{random_effects(people), {}};
    problem.coordinates.to_original.emplace_back(2, 2);
    problem.coordinates.to_original[0](0, 0) = problem.coordinates.to_original[0](1, 1) = 1;
    std::optional<FixedSide> side = project_products(draw.products, drawn_terms(), 0);
    Outcome outcome;
    if (!side) {
        return outcome;
    }
    problem.side = *std::move(side);
    problem.used.resize(draw.rows);
    problem.setting = {Criterion::reml, draw.rows, problem.side.log_triangle, 0};
    const std::unique_ptr<Kernel> kernel = make_single_kernel(draw.products, 1);
    const RandomEffects& effects = problem.coordinates.effects;
    // From the truth, a little inside the boundary: the nearest start there is.
    const double sigma = design.sigma;
    Minimum minimum = minimise(
        *kernel, effects, problem.setting,
        {std::max(root(0, 0) / sigma, 0.05), root(1, 0) / sigma, std::max(root(1, 1) / sigma, 0.05)});
    Result<CoefficientCovariance> covariance =
        coefficient_covariance(problem, minimum, options.degrees_of_freedom);
    if (!covariance) {
        return outcome;
    }
    MixedModel model;  // as much of one as a contrast needs
    model.covariance = std::move(covariance->covariance.values);
    model.uncertainty = std::move(covariance->uncertainty);
    std::vector<double> of_basis = problem.side.coefficients;
    for (std::size_t k = 0; k < of_basis.size(); ++k) {
        of_basis[k] += minimum.point->coefficients()[k];
    }
    for (const double coefficient : column_coefficients(problem.side, of_basis)) {
        model.fixed.push_back({"", coefficient, unknown, unknown, unknown, unknown});
    }
    const double inflation = std::sqrt(1 + (design.group_size - 1) * design.group_correlation);
    for (const std::size_t column : asked.columns) {
        std::vector<double> weights(terms, 0.0);
        const bool is_slope = column % 2 == 1;
        if (is_slope) {
            weights[column] = 1 / scale.spread;
        } else {  // at week 0, which lies `middle` before the centre
            weights[column] = 1;
            weights[column + 1] = -scale.middle / scale.spread;
        }
        const Estimate estimate = combination(model, weights, "");
        const bool of_arm = drawn_terms()[column].find("arm") != std::string::npos;
        outcome.error.push_back(estimate.estimate * (of_arm ? inflation : 1));
        outcome.standard_error.push_back(estimate.standard_error * (of_arm ? inflation : 1));
        outcome.critical.push_back(student_t_quantile(1 - options.alpha / 2, estimate.degrees_of_freedom));
    }
    outcome.fitted = true;
    return outcome;
}

// Wilson (1927).
Interval wilson(double hits, double trials) {
    constexpr double z = 1.959963984540054;
    const double share = hits / trials, spread = z * z / trials;
    const double middle = (share + spread / 2) / (1 + spread);
    const double half = z / (1 + spread) * std::sqrt(share * (1 - share) / trials + spread / (4 * trials));
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

PowerPoint point_of(const std::vector<Outcome>& outcomes, std::size_t at, double effect) {
    PowerPoint point;
    point.effect = effect;
    double hits = 0, trials = 0, wrong = 0, magnitude = 0, errors = 0;
    for (const Outcome& outcome : outcomes) {
        if (!outcome.fitted) {
            continue;
        }
        trials += 1;
        errors += outcome.standard_error[at];
        const double estimate = effect + outcome.error[at];
        if (std::abs(estimate) > outcome.critical[at] * outcome.standard_error[at]) {
            hits += 1;
            wrong += estimate * effect < 0 ? 1 : 0;
            magnitude += std::abs(estimate);
        }
    }
    point.power = hits / trials;
    point.interval = wilson(hits, trials);
    point.standard_error = errors / trials;
    if (hits > 0 && effect != 0) {
        point.wrong_sign = wrong / hits;
        point.exaggeration = magnitude / hits / std::abs(effect);
    }
    return point;
}

Result<void> check(const PowerDesign& design, const std::vector<PowerEffect>& effects,
                   const PowerOptions& options) {
    const auto refuse = [](const char* words, double value) {
        return fail(usage_error(words).value(shortest(value)));
    };
    for (const std::size_t people : design.people) {
        if (people < 10 || people > 1'000'000) {
            return refuse("people cannot be simulated: their number lies between 10 and 1000000",
                          static_cast<double>(people));
        }
    }
    if (design.days < 3 || design.days > 10'000) {
        return refuse("days cannot be simulated: their number lies between 3 and 10000",
                      static_cast<double>(design.days));
    }
    for (const double share : {design.missing, design.dropout}) {
        if (!(share >= 0 && share < 1)) {
            return refuse("is no share of missing days or of dropout: it lies between 0 and 1", share);
        }
    }
    for (const double size : {design.sd_intercept, design.sd_slope}) {
        if (!(size >= 0 && std::isfinite(size))) {
            return refuse("is no standard deviation: it is not negative", size);
        }
    }
    for (const double size : {design.sigma, design.sd_moderator}) {
        if (!(size > 0 && std::isfinite(size))) {
            return refuse("is no standard deviation of residuals or a moderator: it is above zero", size);
        }
    }
    if (!(std::abs(design.correlation) <= 1)) {
        return refuse("is no correlation: it lies between -1 and 1", design.correlation);
    }
    if (!(design.group_size >= 1) || !(design.group_correlation >= 0 && design.group_correlation < 1)) {
        return refuse("A group has at least one person, and its correlation lies between 0 and 1",
                      design.group_correlation);
    }
    if (options.simulations < 10 || options.simulations > 10'000'000) {
        return refuse("simulations cannot be run: their number lies between 10 and 10000000",
                      static_cast<double>(options.simulations));
    }
    for (const PowerEffect& effect : effects) {
        if (std::find(power_terms().begin(), power_terms().end(), effect.term) == power_terms().end()) {
            return fail(usage_error("is no effect of this design." + suggestion(effect.term, power_terms()))
                            .value(effect.term));
        }
    }
    return {};
}

}  // namespace

const std::vector<std::string>& power_terms() {
    static const std::vector<std::string> names(drawn_terms().begin() + 1, drawn_terms().end());
    return names;
}

Result<std::vector<PowerPoint>> power_of_design(const PowerDesign& design,
                                                const std::vector<PowerEffect>& effects,
                                                const PowerOptions& options) {
    TRY_DO(check(design, effects, options));
    Asked asked;
    for (const PowerEffect& effect : effects) {
        const auto at = std::find(drawn_terms().begin(), drawn_terms().end(), effect.term);
        asked.columns.push_back(static_cast<std::size_t>(at - drawn_terms().begin()));
    }
    std::vector<PowerPoint> points;
    constexpr std::size_t batch = 8;
    const std::size_t batches = (options.simulations + batch - 1) / batch;
    ProgressCount progress(options.progress, batches * design.people.size());
    for (const std::size_t people : design.people) {
        std::vector<Outcome> outcomes(options.simulations);
        for_each_part(batches, options.threads, [&](std::size_t part) {
            for (std::size_t k = part * batch; k < std::min(outcomes.size(), (part + 1) * batch); ++k) {
                outcomes[k] = simulated(design, people, options, asked, k);
            }
            progress.part_done();
        });
        const auto fitted = std::count_if(outcomes.begin(), outcomes.end(),
                                          [](const Outcome& outcome) { return outcome.fitted; });
        if (2 * static_cast<std::size_t>(fitted) < outcomes.size()) {
            return fail(unacceptable("This design can hardly be fitted: " + std::to_string(fitted) + " of " +
                                     std::to_string(outcomes.size()) + " simulated programmes could.")
                            .remedy("Plan more people or days, or fewer missing."));
        }
        for (std::size_t at = 0; at < effects.size(); ++at) {
            for (const double size : effects[at].sizes) {
                PowerPoint point = point_of(outcomes, at, size);
                point.people = people;
                point.term = effects[at].term;
                points.push_back(std::move(point));
            }
        }
    }
    return points;
}

}  // namespace groundwork::statistics
