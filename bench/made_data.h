// Made-up data of the shapes that evaluators meet: the same numbers for our kernels, which take them from
// memory, and for the peers, who read them from the files that made_data writes.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/statistics.h"

namespace groundwork::made {

struct Table {
    std::vector<std::string> names;
    std::vector<std::vector<double>> columns;

    std::size_t rows() const { return columns.front().size(); }

    // Views that live as long as the table; `count` columns from `first` on.
    std::vector<std::span<const double>> spans(std::size_t first, std::size_t count) const {
        return {columns.begin() + static_cast<std::ptrdiff_t>(first),
                columns.begin() + static_cast<std::ptrdiff_t>(first + count)};
    }

    statistics::Data data() const {
        statistics::Data data;
        data.rows = rows();
        for (std::size_t k = 0; k < names.size(); ++k) {
            data.variables.push_back({names[k], statistics::Variable::Kind::numeric, columns[k], {}, {}});
        }
        return data;
    }
};

// `count` columns named prefix1, prefix2 ...
inline Table numbered(const std::string& prefix, std::size_t count, std::size_t rows) {
    Table table;
    for (std::size_t k = 1; k <= count; ++k) {
        table.names.push_back(prefix + std::to_string(k));
        table.columns.emplace_back(rows);
    }
    return table;
}

inline double yes_or_no(RandomStream& random, double log_odds) {
    return random.next_uniform() < 1 / (1 + std::exp(-log_odds)) ? 1 : 0;
}

// Everybody answers every item with yes or no, as in the classic data on verbal aggression (316 people, 24
// items): people and items are crossed, and what `cold` does varies between people.
inline Table answers(std::size_t people, std::size_t items) {
    RandomStream random(1, 1);
    std::vector<double> ease(items), mood(people), chill(people);
    for (double& one : ease) {
        one = 0.5 * random.next_normal();
    }
    for (double& one : mood) {
        one = 1.3 * random.next_normal();
    }
    for (double& one : chill) {
        one = -1.05 + 0.8 * random.next_normal();
    }
    Table table{{"person", "item", "cold", "yes"}, std::vector<std::vector<double>>(4)};
    for (std::size_t item = 0; item < items; ++item) {
        for (std::size_t person = 0; person < people; ++person) {
            const double cold = item % 2 == 0 ? 0 : 1;
            table.columns[0].push_back(static_cast<double>(person));
            table.columns[1].push_back(static_cast<double>(item));
            table.columns[2].push_back(cold);
            table.columns[3].push_back(
                yes_or_no(random, 0.2 + chill[person] * cold + ease[item] + mood[person]));
        }
    }
    return table;
}

// Students rate lecturers from 1 to 5, as in the classic InstEval: students, lecturers and departments are
// crossed. A student meets the lecturers of the own department and, as a service, of the next one.
inline Table ratings(std::size_t count) {
    constexpr std::size_t students = 2972, departments = 14, lecturers_each = 80;
    RandomStream random(1, 5);
    const auto effects = [&random](std::size_t levels, double sd) {
        std::vector<double> values(levels);
        for (double& value : values) {
            value = sd * random.next_normal();
        }
        return values;
    };
    const std::vector<double> mild = effects(students, 0.32),
                              good = effects(departments * lecturers_each, 0.51),
                              level = effects(departments, 0.08);
    Table table{{"s", "d", "dept", "service", "y"}, std::vector<std::vector<double>>(5)};
    for (std::size_t row = 0; row < count; ++row) {
        const std::size_t student = random.next_below(students), department = student % departments;
        const std::size_t service = random.next_below(2);
        const std::size_t lecturer =
            (department + service) % departments * lecturers_each + random.next_below(lecturers_each);
        const double opinion = 3.3 - 0.07 * static_cast<double>(service) + mild[student] + good[lecturer] +
                               level[department] + 1.18 * random.next_normal();
        table.columns[0].push_back(static_cast<double>(student));
        table.columns[1].push_back(static_cast<double>(lecturer));
        // One in ten of those is booked on the student's own department.
        const std::size_t booked = department + (random.next_below(10) > 0 ? service : 0);
        table.columns[2].push_back(static_cast<double>(booked % departments));
        table.columns[3].push_back(static_cast<double>(service));
        table.columns[4].push_back(std::round(std::fmin(5, std::fmax(1, opinion))));
    }
    return table;
}

// People answer 63 times each: x1, x2 ... whose effects vary between people, then the person and the outcome.
inline Table varying_effects(std::size_t people, std::size_t count) {
    constexpr std::size_t days = 63;
    RandomStream random(1, 6);
    Table table = numbered("x", count, people * days);
    table.names.insert(table.names.end(), {"id", "y"});
    table.columns.resize(count + 2);
    std::vector<double> effects(count);
    for (std::size_t person = 0; person < people; ++person) {
        const double level = 2 + 0.6 * random.next_normal();
        for (double& effect : effects) {
            effect = 0.1 + 0.3 * random.next_normal();
        }
        for (std::size_t row = person * days; row < (person + 1) * days; ++row) {
            double y = level + 0.55 * random.next_normal();
            for (std::size_t k = 0; k < count; ++k) {
                table.columns[k][row] = random.next_normal();
                y += effects[k] * table.columns[k][row];
            }
            table.columns[count].push_back(static_cast<double>(person));
            table.columns[count + 1].push_back(y);
        }
    }
    return table;
}

// How often people practised in each week: counts that vary between people.
inline Table counts(std::size_t people, std::size_t weeks) {
    RandomStream random(1, 4);
    Table table{{"person", "week", "arm", "times"}, std::vector<std::vector<double>>(4)};
    for (std::size_t person = 0; person < people; ++person) {
        const double arm = person % 2 == 0 ? 0 : 1, level = 0.6 * random.next_normal();
        for (std::size_t week = 0; week < weeks; ++week) {
            const double time = static_cast<double>(week);
            const double expected = std::exp(1 + 0.2 * arm - 0.05 * time + level);
            double count = -1;  // arrivals of a Poisson process before time 1
            for (double clock = 0; clock < 1; clock -= std::log(random.next_uniform()) / expected) {
                ++count;
            }
            table.columns[0].push_back(static_cast<double>(person));
            table.columns[1].push_back(time);
            table.columns[2].push_back(arm);
            table.columns[3].push_back(count);
        }
    }
    return table;
}

// Variances spread over an order of magnitude, a moderator x, tau2 = 0.04.
inline Table studies(std::size_t count) {
    RandomStream random(20261123, 5);
    Table table{{"effect", "variance", "x"}, std::vector<std::vector<double>>(3)};
    for (std::size_t study = 0; study < count; ++study) {
        const double x = random.next_normal(), variance = std::exp(-3 + 0.8 * random.next_normal());
        table.columns[0].push_back(0.3 + 0.2 * x + std::sqrt(variance + 0.04) * random.next_normal());
        table.columns[1].push_back(variance);
        table.columns[2].push_back(x);
    }
    return table;
}

// Answers from 1 to 6 that share one factor.
inline Table likert(std::size_t people, std::size_t items) {
    RandomStream random(1, 1);
    Table table = numbered("q", items, people);
    for (std::size_t person = 0; person < people; ++person) {
        const double level = random.next_normal();
        for (auto& column : table.columns) {
            column[person] = std::round(std::fmin(6, std::fmax(1, 3.5 + 0.8 * level + random.next_normal())));
        }
    }
    return table;
}

// Items of difficulty -2 to 2 that follow the Rasch model.
inline Table right_or_wrong(std::size_t people, std::size_t items) {
    RandomStream random(1, 2);
    Table table = numbered("q", items, people);
    for (std::size_t person = 0; person < people; ++person) {
        const double ability = random.next_normal();
        for (std::size_t item = 0; item < items; ++item) {
            const double difficulty = 4.0 * static_cast<double>(item) / static_cast<double>(items - 1) - 2;
            table.columns[item][person] = yes_or_no(random, ability - difficulty);
        }
    }
    return table;
}

// Nine weeks (t1 to t9) of which a fifth is missing, then the covariates arm, scc and both (their product).
inline Table growth(std::size_t people) {
    constexpr std::size_t weeks = 9;
    RandomStream random(1, 3);
    Table table = numbered("t", weeks, people);
    for (const char* name : {"arm", "scc", "both"}) {
        table.names.emplace_back(name);
        table.columns.emplace_back(people);
    }
    for (std::size_t person = 0; person < people; ++person) {
        const double arm = person % 2 == 0 ? 0 : 1, scc = 0.7 * random.next_normal();
        const double level = 4.6 + 0.3 * scc + 0.8 * random.next_normal();
        const double slope = 0.05 + 0.05 * scc + 0.07 * random.next_normal();
        for (std::size_t week = 0; week < weeks; ++week) {
            const double value = level + slope * static_cast<double>(week) + 0.6 * random.next_normal();
            const bool is_missing = random.next_uniform() < 0.2;
            table.columns[week][person] = is_missing ? std::numeric_limits<double>::quiet_NaN() : value;
        }
        table.columns[weeks][person] = arm;
        table.columns[weeks + 1][person] = scc;
        table.columns[weeks + 2][person] = arm * scc;
    }
    return table;
}

}  // namespace groundwork::made
