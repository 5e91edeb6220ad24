// How findings speak: names and numbers in words.
#pragma once

#include <string>
#include <string_view>

#include "benefit/findings.h"

namespace groundwork::benefit {

// What a column measures, in words: "dass_depression_post" gives "depression", "scs" and "scc" give
// "self-compassion"; an unknown name loses its underscores and its "pre", "post" and the like.
std::string name_in_words(std::string_view column);

// True for the names of complaints, of which less is better ("depression", "stress"): "people with more
// symptoms" may then be said.
bool names_symptoms(std::string_view name);

// For people: two places behind the point, more where a small number needs them for two digits, none from 100
// up; "-" for NaN.
std::string said(double number);
// "1.77 (95 % interval 1.10 to 2.43)"
std::string said(const Effect& effect);
// "p < .001", "p = .71"
std::string said_p(double p);
// 1 "person", 2 "people"
std::string people(std::size_t count);
// "A", "A and B", "A, B and C"
std::string listed(const std::vector<std::string>& names);
// The first letter in upper case.
std::string sentence(std::string words);
// A share of 0..1 as "22 %".
std::string percent(double share);

}  // namespace groundwork::benefit
