#include "instrument/library.h"

#include <algorithm>
#include <iostream>

#include "content/content.h"

namespace groundwork::instrument {

namespace {

std::vector<Instrument> load_shipped() {
    std::vector<Instrument> instruments;
    for (const content::File& file : content::files_in("instruments")) {
        if (!file.path.ends_with(".json")) {
            continue;
        }
        Result<Instrument> instrument = parse_instrument(file.bytes, file.path);
        if (!instrument) {
            std::cerr << instrument.error().describe() << '\n';
        }
        ENSURE(instrument.has_value());
        instruments.push_back(std::move(*instrument));
    }
    std::ranges::sort(instruments, {}, &Instrument::id);
    return instruments;
}

}  // namespace

const std::vector<Instrument>& shipped_instruments() {
    static const std::vector<Instrument> instruments = load_shipped();
    return instruments;
}

Result<Instrument> find_instrument(std::string_view id_or_path) {
    if (id_or_path.find('/') != std::string_view::npos || id_or_path.ends_with(".json")) {
        const std::string text = TRY(read_file(std::string(id_or_path)));
        return parse_instrument(text, id_or_path);
    }
    const auto& instruments = shipped_instruments();
    const auto place = std::ranges::find(instruments, id_or_path, &Instrument::id);
    if (place != instruments.end()) {
        return *place;
    }
    std::vector<std::string> ids;
    std::ranges::transform(instruments, std::back_inserter(ids), &Instrument::id);
    return fail(usage_error("is not an instrument")
                    .value(std::string(id_or_path))
                    .remedy(std::string(trim(suggestion(id_or_path, ids)))));
}

}  // namespace groundwork::instrument
