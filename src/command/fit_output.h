// What `groundwork fit` prints of a model: one JSON object, or tables.
#pragma once

#include <iosfwd>

#include "foundation/json.h"
#include "statistics/statistics.h"

namespace groundwork::command {

json::array as_json(const std::vector<statistics::Estimate>& estimates);
json::object as_json(const statistics::MixedModel& model);
json::object as_json(const statistics::LinearModel& model);

json::object as_json(const statistics::Bootstrap& bootstrap);
void print(std::ostream& out, const statistics::Bootstrap& bootstrap);

json::object as_json(const statistics::Profile& profile);
void print(std::ostream& out, const statistics::Profile& profile);

// `rows` are all rows of the data, to say how many were left out.
void print(std::ostream& out, const statistics::MixedModel& model, std::size_t rows);
void print(std::ostream& out, const statistics::LinearModel& model, std::size_t rows);

}  // namespace groundwork::command
