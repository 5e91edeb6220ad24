// What a model is fitted to: named columns, not owned. The caller keeps the memory alive.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::statistics {

// How a factor's levels become columns (R's contr.treatment, contr.sum, contr.helmert, contr.poly).
enum class Contrasts { treatment, sum, helmert, polynomial };

struct Variable {
    enum class Kind { numeric, factor };
    std::string name;
    Kind kind = Kind::numeric;
    std::span<const double> numbers;      // numeric: NaN is missing
    std::span<const std::int32_t> codes;  // factor: index into levels, -1 is missing
    std::vector<std::string> levels;      // factor: the first is the reference
    Contrasts contrasts = Contrasts::treatment;
};

struct Data {
    std::size_t rows = 0;
    std::vector<Variable> variables;
    Result<const Variable*> find(std::string_view name) const;  // names the one most likely meant
};

}  // namespace groundwork::statistics
