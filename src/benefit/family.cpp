#include "benefit/family.h"

#include <algorithm>

#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

constexpr std::size_t curve_points = 41;

std::string versus(const Study& study, std::size_t arm) {
    return study.arms[arm] + " and " + study.arms.front();
}

// The difference between an arm and the reference as a line over the centred moderator.
std::optional<statistics::LinearSlope> difference(const Family& family, const Study& study, std::size_t arm) {
    const std::string main = arm_term(family, study, arm);
    const std::string product = arm_by_moderator_term(family, study, arm);
    const statistics::Estimate* at_mean = family.effects.find(main);
    const statistics::Estimate* per_point = family.effects.find(product);
    if (at_mean == nullptr || per_point == nullptr) {
        return std::nullopt;
    }
    statistics::LinearSlope slope;
    slope.b0 = at_mean->estimate;
    slope.b1 = per_point->estimate;
    slope.variance_b0 = family.effects.covariance_of(main, main);
    slope.variance_b1 = family.effects.covariance_of(product, product);
    slope.covariance = family.effects.covariance_of(main, product);
    slope.degrees_of_freedom = std::min(at_mean->degrees_of_freedom, per_point->degrees_of_freedom);
    return slope;
}

void add_arm_effects(const Family& family, const Study& study, const ModeratorScale& scale, std::size_t arm,
                     std::vector<Effect>& effects) {
    const std::string main = arm_term(family, study, arm);
    if (family.effects.find(main) == nullptr) {
        return;
    }
    const auto add = [&](const std::string& id, std::string label, statistics::Estimate estimate) {
        effects.push_back(effect(family.id_prefix + arm_id(study, arm, id), std::move(label),
                                 std::move(estimate), family.model));
    };
    const std::string label = "Difference between " + versus(study, arm) + " in " + family.measure;
    if (!study.has_moderator) {
        add("arm", label, *family.effects.find(main));
        return;
    }
    add("arm", label + ", at the mean of " + study.moderator_name, *family.effects.find(main));
    const std::string product = arm_by_moderator_term(family, study, arm);
    if (family.effects.find(product) == nullptr) {
        return;
    }
    const double sd = scale.standard_deviation;
    add("arm_low", label + ", one standard deviation below the mean of " + study.moderator_name,
        family.effects.sum(main + " at -1 SD", {{main, 1}, {product, -sd}}));
    add("arm_high", label + ", one standard deviation above the mean of " + study.moderator_name,
        family.effects.sum(main + " at +1 SD", {{main, 1}, {product, sd}}));
    const std::string slope = moderator_term(family, study);
    if (family.effects.find(slope) != nullptr) {
        effects.push_back(effect(
            family.id_prefix + "moderator_in:" + study.arms[arm],
            sentence(family.measure) + " for each point of " + study.moderator_name + ", in " +
                study.arms[arm],
            family.effects.sum(slope + " in " + study.arms[arm], {{slope, 1}, {product, 1}}), family.model));
    }
    add("arm_by_moderator",
        "How much the difference between " + versus(study, arm) + " in " + family.measure +
            " changes with each point of " + study.moderator_name,
        *family.effects.find(product));
}

std::vector<double> ends_of_stretches(const statistics::LinearSlope& slope, const ModeratorScale& scale) {
    const auto [low, high] = std::minmax_element(scale.people.begin(), scale.people.end());
    std::vector<double> ends = {*low};
    for (const double boundary : statistics::johnson_neyman_boundaries(slope)) {
        const double at = boundary + scale.mean;
        if (at > *low && at < *high) {
            ends.push_back(at);
        }
    }
    ends.push_back(*high);
    return ends;
}

int sign_of(const statistics::Interval& interval) {
    return interval.low > 0 ? 1 : interval.high < 0 ? -1 : 0;
}

}  // namespace

std::string arm_term(const Family& family, const Study& study, std::size_t arm) {
    return family.prefix + study.names.arm + study.arms[arm];
}

std::string moderator_term(const Family& family, const Study& study) {
    return family.prefix + study.names.moderator;
}

std::string arm_by_moderator_term(const Family& family, const Study& study, std::size_t arm) {
    return arm_term(family, study, arm) + ":" + study.names.moderator;
}

std::string arm_id(const Study& study, std::size_t arm, const std::string& id) {
    return study.arms.size() > 2 ? id + ":" + study.arms[arm] : id;
}

std::vector<Effect> effects_of(const Family& family, const Study& study, const ModeratorScale& scale) {
    std::vector<Effect> effects;
    if (study.has_moderator) {
        if (const statistics::Estimate* slope = family.effects.find(moderator_term(family, study))) {
            effects.push_back(effect(family.id_prefix + "moderator",
                                     sentence(family.measure) + " for each point of " + study.moderator_name +
                                         (study.has_arms ? ", in " + study.arms.front() : ""),
                                     *slope, family.model));
        }
    }
    for (std::size_t arm = 1; arm < study.arms.size(); ++arm) {
        add_arm_effects(family, study, scale, arm, effects);
    }
    return effects;
}

std::vector<Moderation> moderation_of(const Family& family, const Study& study, const ModeratorScale& scale) {
    std::vector<Moderation> all;
    for (std::size_t arm = 1; study.has_moderator && arm < study.arms.size(); ++arm) {
        const auto slope = difference(family, study, arm);
        if (!slope) {
            continue;
        }
        Moderation moderation;
        moderation.arm = study.arms[arm];
        moderation.reference_arm = study.arms.front();
        moderation.scale = family.measure;
        moderation.people = scale.people;
        const auto [low, high] = std::minmax_element(scale.people.begin(), scale.people.end());
        for (std::size_t i = 0; i < curve_points; ++i) {
            const double at = *low + (*high - *low) * static_cast<double>(i) / (curve_points - 1);
            const statistics::SlopeAt there = statistics::slope_at(*slope, at - scale.mean);
            moderation.curve.push_back({at, there.slope, there.interval});
        }
        all.push_back(std::move(moderation));
    }
    return all;
}

std::vector<Region> regions_of(const Family& family, const Study& study, const ModeratorScale& scale) {
    std::vector<Region> regions;
    for (std::size_t arm = 1; study.has_moderator && arm < study.arms.size(); ++arm) {
        const auto slope = difference(family, study, arm);
        if (!slope) {
            continue;
        }
        const std::vector<double> ends = ends_of_stretches(*slope, scale);
        for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
            Region region;
            region.arm = study.arms[arm];
            region.from = ends[i];
            region.to = ends[i + 1];
            const bool last = i + 2 == ends.size();
            region.people = static_cast<std::size_t>(std::count_if(
                scale.people.begin(), scale.people.end(),
                [&](double value) { return value >= region.from && (last || value < region.to); }));
            region.share_of_people =
                static_cast<double>(region.people) / static_cast<double>(scale.people.size());
            const double middle = (region.from + region.to) / 2 - scale.mean;
            region.sign = sign_of(statistics::slope_at(*slope, middle).interval);
            regions.push_back(region);
        }
    }
    return regions;
}

const Effect* find_effect(const std::vector<Effect>& effects, const std::string& id) {
    const auto found =
        std::find_if(effects.begin(), effects.end(), [&](const Effect& one) { return one.id == id; });
    return found == effects.end() ? nullptr : &*found;
}

}  // namespace groundwork::benefit
