#include "statistics/mixed/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "statistics/descriptive.h"
#include "statistics/eigen_views.h"
#include "statistics/mixed/refit.h"

namespace groundwork::statistics {

namespace {

// Groups drawn with replacement, side by side as if each were another.
void draw_cases(RandomStream& random, const LevelProducts& from, LevelProducts& to) {
    const std::size_t columns = from.columns();
    to.total = Matrix(columns, columns);
    for (std::size_t level = 0; level < from.levels(); ++level) {
        const std::size_t drawn = random.next_below(from.levels());
        for (std::size_t i = 0; i < from.width(); ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                to.a(level, i, j) = from.a(drawn, i, j);
            }
            for (std::size_t column = 0; column < columns; ++column) {
                to.b(level, i, column) = from.b(drawn, i, column);
            }
        }
        for (std::size_t i = 0; i < columns; ++i) {
            for (std::size_t j = 0; j < columns; ++j) {
                to.total(i, j) += from.outer_at(drawn, i, j);
            }
        }
    }
}

// Each group's outcome becomes its residual with a random sign. `from` holds the residuals as its outcome.
void turn_signs(RandomStream& random, const LevelProducts& from, LevelProducts& to) {
    const std::size_t outcome = from.columns() - 1;
    std::vector<double> sums(outcome, 0.0);
    double squares = 0;
    for (std::size_t level = 0; level < from.levels(); ++level) {
        const double sign = random.next_below(2) == 0 ? 1.0 : -1.0;
        for (std::size_t i = 0; i < from.width(); ++i) {
            to.b(level, i, outcome) = sign * from.b(level, i, outcome);
        }
        for (std::size_t column = 0; column < outcome; ++column) {
            sums[column] += sign * from.outer_at(level, outcome, column);
        }
        squares += from.outer_at(level, outcome, outcome);
    }
    for (std::size_t column = 0; column < outcome; ++column) {
        to.total(column, outcome) = to.total(outcome, column) = sums[column];
    }
    to.total(outcome, outcome) = squares;
}

std::vector<std::size_t> rows_by_level(const std::vector<std::size_t>& begin) {
    std::vector<std::size_t> rows;
    for (std::size_t level = 0; level + 1 < begin.size(); ++level) {
        rows.push_back(begin[level + 1] - begin[level]);
    }
    return rows;
}

// Draws replicate after replicate; each from a random stream of its own.
class Resampler {
  public:
    Resampler(const Problem& problem, const ObjectivePoint& point, const BootstrapOptions& options)
        : problem_(problem),
          options_(options),
          factors_(point.factors()),
          sigma_(std::sqrt(point.residual_squares() / point.degrees())),
          base_(problem.side.coefficients) {
        if (options.kind == BootstrapKind::parametric && problem.products) {
            simulator_.emplace(*problem.products, rows_by_level(problem.level_begin));
        }
        if (options.kind == BootstrapKind::wild) {
            Matrix change(problem.products->columns(), problem.products->columns());
            for (std::size_t k = 0; k < change.columns; ++k) {
                change(k, k) = 1;
            }
            for (std::size_t k = 0; k < point.coefficients().size(); ++k) {
                change(k, change.columns - 1) = -point.coefficients()[k];
            }
            residuals_ = *problem.products;
            residuals_.change_columns(change);
        }
        if (options.kind != BootstrapKind::cases) {
            for (std::size_t k = 0; k < base_.size(); ++k) {
                base_[k] += point.coefficients()[k];
            }
        }
    }

    // What the outcome of the draws is without.
    const std::vector<double>& base() const { return base_; }

    // With a single grouping factor; `target` is as large as the products.
    void draw(std::size_t replicate, LevelProducts& target) const {
        RandomStream random(options_.seed, replicate);
        switch (options_.kind) {
            case BootstrapKind::parametric: simulator_->draw(random, factors_.front(), sigma_, target); break;
            case BootstrapKind::cases: draw_cases(random, *problem_.products, target); break;
            case BootstrapKind::wild: turn_signs(random, residuals_, target); break;
        }
    }

    // With several.
    std::vector<double> draw_rows(std::size_t replicate) const {
        RandomStream random(options_.seed, replicate);
        return draw_outcome(random, *problem_.rows, factors_, sigma_);
    }

  private:
    const Problem& problem_;
    const BootstrapOptions& options_;
    Factors factors_;
    double sigma_;
    std::vector<double> base_;
    std::optional<OutcomeSimulator> simulator_;
    LevelProducts residuals_;
};

// The p quantile as the (R + 1) p th of R values in order (Davison & Hinkley 1997, eq. 5.6), between two of
// them in proportion: unlike the usual sample quantile it does not pull intervals of few replicates inward.
double replicate_quantile(const std::vector<double>& ascending, double p) {
    const auto count = static_cast<double>(ascending.size());
    const double place = std::clamp((count + 1) * p, 1.0, count) - 1;
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    return ascending[below] + (place - std::floor(place)) * (ascending[above] - ascending[below]);
}

BootstrappedNumber summarised(const std::string& term, double estimate, std::vector<double> values,
                              double level) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    const Summary summary = summarise(values);
    BootstrappedNumber number;
    number.term = term;
    number.estimate = estimate;
    number.standard_error = summary.standard_deviation;
    number.bias = summary.mean - estimate;
    std::sort(values.begin(), values.end());
    number.percentile = {unknown, unknown};
    if (!values.empty()) {
        number.percentile = {replicate_quantile(values, (1 - level) / 2),
                             replicate_quantile(values, (1 + level) / 2)};
    }
    number.basic = {2 * estimate - number.percentile.high, 2 * estimate - number.percentile.low};
    return number;
}

std::vector<double> column_of(const std::vector<std::vector<double>>& rows, std::size_t column) {
    std::vector<double> values;
    for (const std::vector<double>& row : rows) {
        values.push_back(row[column]);
    }
    return values;
}

}  // namespace

Result<Bootstrap> bootstrap_mixed_model(std::string_view formula, const Data& data,
                                        const MixedModelOptions& options, const BootstrapOptions& bootstrap) {
    if (bootstrap.replicates < 2) {
        return fail(usage_error("A bootstrap needs at least two replicates; 1000 are usual."));
    }
    if (!options.serial_time.empty() || !options.residual_strata.empty()) {
        return fail(usage_error(
            "The bootstrap is not available with serial correlation or residual variances that differ."));
    }
    const Problem problem = TRY(make_mixed_problem(formula, data, options, KeepOuter::yes));
    if (!problem.products && bootstrap.kind != BootstrapKind::parametric) {
        return fail(
            unacceptable(
                "Cases and signs are drawn by group, so for one grouping factor only; this formula has "
                "several.")
                .remedy("Use the parametric bootstrap."));
    }
    const RandomEffects& effects = problem.coordinates.effects;
    const Minimum minimum = minimise(*problem.kernel, effects, problem.setting, start_of(problem));
    const ObjectivePoint& point = *minimum.point;
    TRY_DO(check_residual(problem, point.residual_squares()));
    const Resampler resampler(problem, point, bootstrap);
    // From the boundary the search could not leave a vanished effect alone: start a little inside.
    std::vector<double> start = point.entries();
    for (std::size_t k = 0; k < start.size(); ++k) {
        start[k] += effects.entries[k].diagonal() && std::abs(start[k]) < 0.01 ? 0.01 : 0.0;
    }

    constexpr std::size_t batch = 8;
    std::vector<Refit> refits(bootstrap.replicates);
    const std::size_t batches = (refits.size() + batch - 1) / batch;
    ProgressCount progress(bootstrap.progress, batches);
    for_each_part(batches, options.threads, [&](std::size_t part) {
        LevelProducts target = problem.products ? *problem.products : LevelProducts();
        for (std::size_t k = part * batch; k < std::min(refits.size(), (part + 1) * batch); ++k) {
            std::unique_ptr<Kernel> kernel;
            if (problem.products) {
                resampler.draw(k, target);
                kernel = make_single_kernel(target);
            } else {
                kernel = make_schur_kernel(problem.rows->blocks, problem.rows->basis, resampler.draw_rows(k));
            }
            refits[k] = refit(problem, *kernel, resampler.base(), start);
        }
        progress.part_done();
    });

    Bootstrap result;
    std::vector<std::vector<double>> random;
    for (Refit& one : refits) {
        if (one.status == "not-certified") {
            ++result.not_certified;
            continue;
        }
        result.singular += one.status == "certified-singular" ? 1 : 0;
        result.coefficients.push_back(std::move(one.coefficients));
        random.push_back(std::move(one.random));
    }
    result.replicates = result.coefficients.size();
    if (result.replicates < 2) {
        return fail(unacceptable("Hardly any replicate could be fitted, so nothing can be said."));
    }
    std::vector<double> of_basis = problem.side.coefficients;
    for (std::size_t k = 0; k < of_basis.size(); ++k) {
        of_basis[k] += point.coefficients()[k];
    }
    const std::vector<double> estimates = column_coefficients(problem.side, of_basis);
    for (std::size_t k = 0; k < estimates.size(); ++k) {
        result.fixed.push_back(summarised(problem.side.names[k], estimates[k],
                                          column_of(result.coefficients, k), bootstrap.level));
    }
    const std::vector<std::string> names = random_names(problem);
    const std::vector<double> numbers = random_numbers(problem, point);
    for (std::size_t k = 0; k < names.size(); ++k) {
        result.random.push_back(summarised(names[k], numbers[k], column_of(random, k), bootstrap.level));
    }
    return result;
}

}  // namespace groundwork::statistics
