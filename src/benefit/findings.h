// What the data say about "who benefits", in numbers and in plain words: the answer to a Question. The report
// draws it and `groundwork benefit --json` prints it; neither computes anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benefit/question.h"
#include "statistics/statistics.h"

namespace groundwork::benefit {

enum class Design { two_occasions, repeated_measures };
enum class VerdictStatus { supports, contradicts, cannot_say };

struct Verdict {
    VerdictStatus status = VerdictStatus::cannot_say;
    std::string headline;  // one sentence
    std::string words;     // the whole verdict, a short paragraph
};

// A number with its words: what it compares, in which direction, and where it comes from.
struct Effect {
    std::string id;     // stable: "arm", "moderator", "arm_by_moderator", "change_by_arm", ...
    std::string label;  // "Difference between LKM and MM in change per week"
    statistics::Estimate estimate;
    statistics::Interval interval;  // 95 %
    std::string model;              // the id of the ModelTable it stands in
};

struct ModelTable {
    std::string id;     // "ancova", "naive", "growth", ...
    std::string title;  // "Outcome after, adjusted for the same outcome before"
    std::string formula;
    std::size_t rows = 0;
    std::size_t people = 0;
    std::vector<statistics::Estimate> fixed;
    std::vector<statistics::RandomTerm> random;
    std::optional<double> sigma;
    std::optional<double> objective;  // REML criterion
    std::optional<statistics::Certificate> certificate;
    std::vector<std::string> notes;  // dropped columns, singular fits, ...
};

struct ArmSummary {
    std::string arm;
    std::size_t people = 0;        // with arm and baseline
    std::size_t with_outcome = 0;  // and with the outcome after (or at the last occasion)
};

// A mean with its 95 % interval, at one occasion, in one arm.
struct MeanAt {
    std::string arm;
    double time = 0;  // two occasions: 0 before, 1 after
    std::size_t people = 0;
    double mean = 0;
    double standard_deviation = 0;
    statistics::Interval interval;
};

// The difference between an arm and the reference arm at one value of the moderator.
struct ModerationPoint {
    double moderator = 0;
    double difference = 0;
    statistics::Interval interval;  // pointwise 95 %
};

struct Moderation {
    std::string arm;  // against the reference arm
    std::string reference_arm;
    std::string scale;  // what the difference is measured in, e.g. "points of dep_post" or "pos per week"
    std::vector<ModerationPoint> curve;  // over the observed range of the moderator
    std::vector<double> people;          // every analysed person's moderator value, for the rug
};

// Where people started: the moderator's values of everyone analysed, with the bands that its instrument or
// protocol names. Bands are conventions, not norms; without a source there are none.
struct ScoreBand {
    std::string label;  // "middle"
    double from = 0;    // from <= score
    double to = 0;      // score < to, in the last band score <= to
    std::size_t people = 0;
};
struct StartingScores {
    std::vector<double> people;    // one value a person
    std::optional<double> lowest;  // the scale's possible range, where it is known
    std::optional<double> highest;
    std::vector<ScoreBand> bands;  // from the lowest up, touching; may be empty
    std::string band_source;       // "strata of the protocol matched-six-week: a convention, not a norm"
};

// A stretch of the moderator in which the difference's interval excludes zero (Johnson-Neyman).
struct Region {
    std::string arm;
    double from = 0;  // within the observed range
    double to = 0;
    int sign = 0;                // of the difference there: -1, +1; 0 = cannot be told from none
    double share_of_people = 0;  // 0..1
    std::size_t people = 0;
};

struct RegressionToTheMean {
    double baseline_slope = 0;  // of the outcome before on the moderator
    struct Point {
        double stability = 0;  // assumed correlation of two measurements of an unchanged person
        double slope = 0;      // change by moderator that regression to the mean alone would then give
    };
    std::vector<Point> curve;  // stability .5 to .9
    double observed = 0;       // the naive change-by-moderator slope
    std::string words;
};

struct ReliableChange {
    std::string arm;
    double reliability = 0;
    double standard_deviation = 0;
    double criterion = 0;  // smallest change that counts as more than measurement error
    std::size_t rose = 0;  // by more than the criterion
    std::size_t unchanged = 0;
    std::size_t fell = 0;
    std::size_t improved = 0;  // rose or fell, where the question says which is better; else both 0
    std::size_t worse = 0;
    std::string source;  // where the reliability comes from: "given", "assumed"
};

// The key number again under another assumption.
struct Sensitivity {
    std::string id;  // "without_imputed", "reliability_corrected", ...
    std::string label;
    std::size_t people = 0;
    Effect effect;
    std::string words;
};

// What a rule "choose the arm by the moderator" would be worth; gated by sample size.
struct Policy {
    std::string rule;             // "everyone MM", "by moderator at 2.9", ...
    std::optional<double> value;  // mean outcome under the rule, cross-fitted
    std::optional<statistics::Interval> interval;
    std::string words;
};

struct Findings {
    Question question;
    std::string outcome_name;  // in words, as the verdict uses them
    std::string moderator_name;
    Design design = Design::two_occasions;
    std::size_t people = 0;
    std::size_t rows = 0;
    std::vector<ArmSummary> arms;  // the reference arm first
    double moderator_mean = 0;
    double moderator_sd = 0;
    Verdict verdict;
    std::vector<Effect> effects;
    std::optional<Effect> naive;  // change by moderator over everyone, unadjusted
    std::string naive_words;
    std::optional<Effect> adjusted;  // the same, adjusted for the baseline of the outcome
    std::string adjusted_words;
    std::optional<RegressionToTheMean> regression_to_the_mean;
    std::vector<MeanAt> means;
    std::optional<StartingScores> starting_scores;  // none without a moderator
    std::vector<Moderation> moderation;
    std::vector<Region> regions;
    std::vector<ReliableChange> reliable_change;
    std::vector<Sensitivity> sensitivity;
    std::vector<Policy> policy;
    std::vector<ModelTable> models;
    std::vector<std::string> methods;  // paragraphs: how it was done, with sources
    std::vector<std::string> warnings;
};

}  // namespace groundwork::benefit
