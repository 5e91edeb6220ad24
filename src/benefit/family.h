// What one model says about arms and moderator: the same three questions, whether they are asked of the
// outcome after (a model of two occasions) or of the change over time (products with time).
#pragma once

#include <string>
#include <vector>

#include "benefit/contrast.h"
#include "benefit/findings.h"
#include "benefit/study.h"

namespace groundwork::benefit {

// The analysed people's moderator: the models use it centred at this mean.
struct ModeratorScale {
    double mean = 0;
    double standard_deviation = 0;
    std::vector<double> people;  // one value a person, not centred
};

struct Family {
    FixedEffects effects;
    std::string prefix;     // of the terms: "" or "week:"
    std::string id_prefix;  // of the effects: "", "time_by_", "adjusted_time_by_"
    std::string model;      // the ModelTable's id
    std::string measure;    // "depression after, adjusted for depression before", "change in mood per week"
};

// The model's term for an arm (1 = the first after the reference), with or without its product with the
// moderator.
std::string arm_term(const Family& family, const Study& study, std::size_t arm);
std::string moderator_term(const Family& family, const Study& study);
std::string arm_by_moderator_term(const Family& family, const Study& study, std::size_t arm);

// "arm_by_moderator", and "arm_by_moderator:LKM" where there are more than two arms.
std::string arm_id(const Study& study, std::size_t arm, const std::string& id);

// Everything the model says: differences between arms at the moderator's mean and one standard deviation
// either side, the moderator's slope in every arm, and the products. Terms that the model had to drop are
// left out.
std::vector<Effect> effects_of(const Family& family, const Study& study, const ModeratorScale& scale);

// The curve of the difference between each arm and the reference over the observed range of the moderator.
std::vector<Moderation> moderation_of(const Family& family, const Study& study, const ModeratorScale& scale);

// Where that difference can be told from none (Johnson-Neyman), within the observed range, each arm's
// stretches in ascending order covering all of it.
std::vector<Region> regions_of(const Family& family, const Study& study, const ModeratorScale& scale);

const Effect* find_effect(const std::vector<Effect>& effects, const std::string& id);

}  // namespace groundwork::benefit
