#include "benefit/model_data.h"

#include <algorithm>

namespace groundwork::benefit {

std::string identifier(std::string_view name, std::vector<std::string>& taken) {
    std::string plain;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9';
        plain.push_back(letter || digit || c == '_' || c == '.' ? c : '_');
    }
    const bool starts_well = !plain.empty() && plain.front() != '_' && plain.front() != '.' &&
                             !(plain.front() >= '0' && plain.front() <= '9');
    if (!starts_well) {
        plain.insert(0, "x");
    }
    while (std::find(taken.begin(), taken.end(), plain) != taken.end()) {
        plain.push_back('_');
    }
    taken.push_back(plain);
    return plain;
}

void ModelData::count_rows(std::size_t rows) {
    ENSURE(data_.variables.empty() || data_.rows == rows);
    data_.rows = rows;
}

void ModelData::add_numbers(std::string name, std::vector<double> numbers) {
    count_rows(numbers.size());
    numbers_.push_back(std::move(numbers));
    statistics::Variable variable;
    variable.name = std::move(name);
    variable.kind = statistics::Variable::Kind::numeric;
    variable.numbers = numbers_.back();
    data_.variables.push_back(std::move(variable));
}

void ModelData::add_factor(std::string name, std::vector<std::int32_t> codes,
                           std::vector<std::string> levels) {
    count_rows(codes.size());
    codes_.push_back(std::move(codes));
    statistics::Variable variable;
    variable.name = std::move(name);
    variable.kind = statistics::Variable::Kind::factor;
    variable.codes = codes_.back();
    variable.levels = std::move(levels);
    data_.variables.push_back(std::move(variable));
}

}  // namespace groundwork::benefit
