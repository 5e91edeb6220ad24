#include "command/fit_permutation.h"

#include <fmt/format.h>

#include "command/output.h"
#include "command/progress_bar.h"

namespace groundwork::command {

std::string FitPermutation::manual() {
    return "A test that needs no assumption about distributions exchanges the moderator's values between "
           "people and "
           "refits:\n"
           "  --permute 'week:armLKM:scc by scc' --unit id --within arm\n";
}

void FitPermutation::declare(Options& options) {
    options.text("--permute", "TERM by COL", question_,
                 "test a coefficient by exchanging this moderator's values, e.g. 'week:armLKM:scc by scc'");
    options.text("--unit", "COL", unit_,
                 "who keeps one value of the moderator, e.g. id (default: every row)");
    options.text("--within", "COL", within_, "exchange only among those who are alike in this, e.g. arm");
    options.integer("--permutations", "N", permutations_, "how many (default 999)");
}

Result<statistics::ModeratorPermutation> FitPermutation::run(const std::string& formula,
                                                             const statistics::Data& data, std::uint64_t seed,
                                                             unsigned threads) const {
    constexpr long long most = 1'000'000;
    const std::size_t by = question_.rfind(" by ");
    if (by == std::string::npos) {
        return fail(usage_error("--permute is written TERM by MODERATOR, for example 'arm:scc by scc'")
                        .value(question_));
    }
    if (permutations_ < 1 || permutations_ > most) {
        return fail(usage_error("--permutations takes 1 to 1000000").value(std::to_string(permutations_)));
    }
    statistics::ModeratorPermutationOptions options;
    options.permutations = static_cast<std::size_t>(permutations_);
    options.seed = seed;
    options.threads = threads;
    options.unit = unit_;
    options.within = within_;
    ProgressBar bar;
    options.progress = bar.observer();
    const std::string term(trim(std::string_view(question_).substr(0, by)));
    const std::string moderator(trim(std::string_view(question_).substr(by + 4)));
    return statistics::permute_moderator(formula, data, moderator, term, options);
}

json::object FitPermutation::as_json(const statistics::ModeratorPermutation& test) const {
    return {{"question", question_},
            {"statistic", test.statistic},
            {"permutations", test.permutations},
            {"as_extreme", test.as_extreme},
            {"p", test.p}};
}

std::string FitPermutation::shown_test(const statistics::ModeratorPermutation& test) const {
    return fmt::format("\n{}, exchanged{}{}: |t| {} is reached in {} of {} permutations, p {}\n", question_,
                       unit_.empty() ? " between rows" : " between values of " + unit_,
                       within_.empty() ? "" : " within " + within_, shown(test.statistic, "{:.3f}"),
                       test.as_extreme, test.permutations, shown_p(test.p));
}

}  // namespace groundwork::command
