#include "benefit/verdict.h"

#include <algorithm>

#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

bool is_significant(const statistics::Estimate& estimate) { return estimate.p < level_of_significance; }

// The naive effect is there, and gone once people are compared with others who started at the same outcome:
// no longer to be told from none, and less than half is left in its direction (a large effect that has only
// become uncertain is not explained).
bool is_explained_by_the_start(const VerdictInputs& in) {
    return in.naive && in.adjusted && is_significant(in.naive->estimate) &&
           !is_significant(in.adjusted->estimate) &&
           in.adjusted->estimate.estimate / in.naive->estimate.estimate < 0.5;
}

bool arms_seem_to_differ_by_start(const VerdictInputs& in) {
    return std::any_of(in.by_moderator.begin(), in.by_moderator.end(),
                       [](const ArmContrast& contrast) { return is_significant(contrast.estimate); });
}

// ---- where the outcome started
// ------------------------------------------------------------------------------------

std::string name_of_the_bound(const VerdictInputs& in) {
    if (in.better == Better::higher) {
        return "a ceiling";
    }
    return in.better == Better::lower || names_symptoms(in.outcome_name) ? "a floor" : "a floor or ceiling";
}

std::string people_with_room(const VerdictInputs& in) {
    return names_symptoms(in.outcome_name) ? "people with more symptoms" : "people who started worse off";
}

std::string explanation(const VerdictInputs& in) {
    return "Explained by where " + in.outcome_name + " started: regression to the mean, " +
           name_of_the_bound(in) + ", or " + people_with_room(in) + " having more to gain. ";
}

std::string explained_paragraph(const VerdictInputs& in) {
    const std::string last = "No evidence that " + in.moderator_name + " mattered.";
    if (!in.control_arm) {
        return explanation(in) + "Without an untreated group these cannot be told apart. " + last;
    }
    return explanation(in) + "The first two act in the untreated group (" + *in.control_arm +
           ") as well: only what differs from it can be the programme's. " + last;
}

std::string numbers_behind(const VerdictInputs& in) {
    const std::string where = in.arms.size() > 1 ? " (in " + in.arms.front() + ")" : "";
    return "Not adjusted, " + in.outcome_name + " changed by " + said(*in.naive) + " for each point of " +
           in.moderator_name + where + "; between people who started at the same " + in.outcome_name +
           " it was " + said(*in.adjusted) + ", " + said_p(in.adjusted->estimate.p) + ".";
}

std::string association_paragraph(const VerdictInputs& in) {
    if (!in.adjusted) {
        return "";
    }
    if (!is_significant(in.adjusted->estimate)) {
        return "Between people who started at the same " + in.outcome_name + ", " + in.moderator_name +
               " went with no difference that can be told from none: " + said(*in.adjusted) + ".";
    }
    return "Between people who started at the same " + in.outcome_name + ", each point of " +
           in.moderator_name + " went with " + said(*in.adjusted) + " in " + in.outcome_name +
           ". That is an association: it foretells, or is left over from a start that was measured with "
           "error. It does "
           "not show that a programme does more for some people than for others.";
}

// ---- differences between arms by where people start
// ---------------------------------------------------------------

// Several comparisons share the 5 % between them (Bonferroni); every list of contrasts has one for each arm
// but one.
statistics::Interval interval_of(const VerdictInputs& in, const ArmContrast& contrast) {
    const double comparisons = static_cast<double>(std::max<std::size_t>(2, in.arms.size()) - 1);
    return statistics::confidence_interval(contrast.estimate, 1 - level_of_significance / comparisons);
}

std::string said_interval(const VerdictInputs& in, const ArmContrast& contrast) {
    const statistics::Interval interval = interval_of(in, contrast);
    return said(contrast.estimate.estimate) + " (interval " + said(interval.low) + " to " +
           said(interval.high) + ")";
}

bool excludes_zero(const statistics::Interval& interval) { return interval.low > 0 || interval.high < 0; }

// Two one-sided tests at 5 %: the 90 % interval lies within the differences that do not matter (Schuirmann
// 1987).
bool is_negligible(const ArmContrast& contrast) {
    const statistics::Interval interval = statistics::confidence_interval(contrast.estimate, 0.90);
    return interval.low > -contrast.margin && interval.high < contrast.margin;
}

// The filled-in rows must not be what carries it: without them the same direction and at least half the size.
bool survives_without_imputed(const ArmContrast& contrast) {
    return !contrast.without_imputed || *contrast.without_imputed / contrast.estimate.estimate >= 0.5;
}

std::string said_contrast(const VerdictInputs& in, const ArmContrast& contrast) {
    return "for each point of " + in.moderator_name + " the difference between " + contrast.arm + " and " +
           contrast.reference_arm + " in " + in.measure + " changes by " + said_interval(in, contrast);
}

std::string all_contrasts(const VerdictInputs& in) {
    std::vector<std::string> parts;
    for (const ArmContrast& contrast : in.by_moderator) {
        parts.push_back(said_contrast(in, contrast));
    }
    return sentence(join(parts, "; ")) + ".";
}

Verdict cannot_say(std::string headline, std::string words) {
    return {VerdictStatus::cannot_say, std::move(headline), std::move(words)};
}

Verdict judge_randomised(const VerdictInputs& in) {
    const auto& contrasts = in.by_moderator;
    const auto shown = std::find_if(contrasts.begin(), contrasts.end(), [&](const ArmContrast& contrast) {
        return excludes_zero(interval_of(in, contrast)) && !is_negligible(contrast);
    });
    if (std::all_of(contrasts.begin(), contrasts.end(), is_negligible)) {
        return {VerdictStatus::contradicts,
                "The difference between the programmes is about the same wherever people start in " +
                    in.moderator_name + ".",
                "Differences large enough to matter are ruled out: " + all_contrasts(in)};
    }
    if (shown == contrasts.end()) {
        return cannot_say(
            "Cannot say yet whether " + in.moderator_name + " decides which programme does more.",
            all_contrasts(in) + " That leaves room for no difference and for one that matters.");
    }
    if (!survives_without_imputed(*shown)) {
        return cannot_say("Cannot say yet: the finding hangs on answers that look filled in.",
                          all_contrasts(in) + " Without the rows that look filled in it is " +
                              said(*shown->without_imputed) + ": too different to build on.");
    }
    return {VerdictStatus::supports,
            sentence(in.moderator_name) + " moderates the difference between " + shown->arm + " and " +
                shown->reference_arm + ".",
            "People were drawn into the programmes by lot, and " + said_contrast(in, *shown) +
                ": where people start in " + in.moderator_name + " moderates which programme does more for " +
                in.outcome_name + "."};
}

Verdict judge_moderator(const VerdictInputs& in) {
    const std::string open = "Cannot say yet whether " + in.moderator_name + " decides who benefits.";
    if (in.arms.size() < 2) {
        return cannot_say(
            open,
            "With one programme and nobody to compare with, who benefits more cannot be told from "
            "who was going to change anyway. " +
                association_paragraph(in));
    }
    if (in.by_moderator.empty()) {
        return cannot_say(
            open, "The data do not determine how the difference between the programmes changes with " +
                      in.moderator_name + ".");
    }
    if (in.smallest_arm < fewest_per_arm) {
        return cannot_say(open, "The smallest arm has " + people(in.smallest_arm) + " of at least " +
                                    std::to_string(fewest_per_arm) +
                                    " that are needed before anything is said about who benefits more.");
    }
    if (in.allocation != Allocation::randomised) {
        return cannot_say(open,
                          (in.allocation == Allocation::not_stated
                               ? "It is not said whether people were drawn into the programmes by lot"
                               : "People were not drawn into the programmes by lot") +
                              std::string(", so differences between the people themselves may lie behind any "
                                          "difference between programmes. As an association only: ") +
                              all_contrasts(in));
    }
    return judge_randomised(in);
}

// ---- did it help at all
// -------------------------------------------------------------------------------------------

std::string direction(const VerdictInputs& in, const statistics::Estimate& estimate) {
    const bool up = estimate.estimate > 0;
    if (in.better == Better::not_stated) {
        return up ? "higher" : "lower";
    }
    return (in.better == Better::higher) == up ? "better" : "worse";
}

std::string said_difference(const VerdictInputs& in, const ArmContrast& contrast) {
    const std::string words = "The difference between " + contrast.arm + " and " + contrast.reference_arm +
                              " in " + in.measure + ", is " + said_interval(in, contrast);
    return words + (excludes_zero(interval_of(in, contrast))
                        ? ": " + direction(in, contrast.estimate) + " for " + contrast.arm + "."
                        : ", which cannot be told from none.");
}

std::string help_paragraph(const VerdictInputs& in) {
    std::string words;
    for (const ArmContrast& contrast : in.between_arms) {
        words += said_difference(in, contrast) + " ";
    }
    if (!in.between_arms.empty() && in.allocation != Allocation::randomised) {
        words +=
            "People were not drawn by lot, or it is not said that they were, so the people themselves may "
            "lie "
            "behind it. ";
    }
    if (!in.control_arm) {
        return words +
               "Whether it helped at all cannot be seen here: nobody is known to have gone without, and "
               "scores also move on their own.";
    }
    if (in.allocation != Allocation::randomised) {
        return words + "So whether it helped cannot be said.";
    }
    const bool shown =
        std::any_of(in.between_arms.begin(), in.between_arms.end(),
                    [&](const ArmContrast& one) { return excludes_zero(interval_of(in, one)); });
    return words +
           (shown
                ? "People were drawn by lot into the programme or into waiting, so a difference is what the "
                  "programme did."
                : "People were drawn by lot: that it helped is not shown, nor ruled out.");
}

// Without a moderator the question is whether it helped; only a drawn comparison with an untreated arm
// answers it.
Verdict judge_help(const VerdictInputs& in) {
    const std::string words = help_paragraph(in);
    if (!in.control_arm || in.allocation != Allocation::randomised || in.between_arms.empty()) {
        return cannot_say("Cannot say yet whether it helped.", words);
    }
    const auto excludes = [&](const ArmContrast& one) { return excludes_zero(interval_of(in, one)); };
    const auto& arms = in.between_arms;
    const auto good = [&](const ArmContrast& one) {
        return excludes(one) && !is_negligible(one) && direction(in, one.estimate) == "better";
    };
    const auto bad = [&](const ArmContrast& one) {
        return is_negligible(one) || (excludes(one) && direction(in, one.estimate) == "worse");
    };
    if (std::any_of(arms.begin(), arms.end(), good)) {
        return {VerdictStatus::supports, "It helped.", words};
    }
    if (std::all_of(arms.begin(), arms.end(), bad)) {
        return {VerdictStatus::contradicts, "It did not help.", words};
    }
    return cannot_say("Cannot say yet whether it helped.", words);
}

}  // namespace

Verdict judge(const VerdictInputs& in) {
    if (in.people < fewest_for_change) {
        return cannot_say("Cannot say yet: too few people.",
                          sentence(people(in.people)) + " can be analysed. With fewer than " +
                              std::to_string(fewest_for_change) + ", nothing is said about change.");
    }
    if (!in.has_moderator) {
        return judge_help(in);
    }
    Verdict verdict = judge_moderator(in);
    if (is_explained_by_the_start(in)) {
        if (verdict.status == VerdictStatus::cannot_say && !arms_seem_to_differ_by_start(in)) {
            verdict.headline = "Explained by where " + in.outcome_name + " started. No evidence that " +
                               in.moderator_name + " mattered.";
            verdict.words = explained_paragraph(in) + "\n\n" + numbers_behind(in) + "\n\n" + verdict.words;
        } else {
            verdict.words +=
                "\n\nThe change over everyone is another matter. " + explanation(in) + numbers_behind(in);
        }
    }
    verdict.words += "\n\n" + help_paragraph(in);
    return verdict;
}

}  // namespace groundwork::benefit
