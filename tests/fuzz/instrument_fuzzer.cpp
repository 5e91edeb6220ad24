// Any text is an instrument or an error; an instrument scores any answers within its stated ranges and
// explains them.
#include <cstdint>

#include "instrument/instrument.h"

using namespace groundwork;
using namespace groundwork::instrument;

namespace {

// Answers from the bytes of the text itself: some missing, some outside their choices.
Answers answers_from(const Instrument& instrument, std::string_view bytes, std::size_t start) {
    Answers answers;
    for (std::size_t i = 0; i < instrument.items.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[(start + i) % bytes.size()]);
        const Responses& responses = instrument.responses_of(static_cast<int>(i) + 1);
        const int width = responses.maximum - responses.minimum + 1;
        answers.push_back(byte % 7 == 0 ? std::nullopt : std::optional(responses.minimum + byte % width));
    }
    return answers;
}

void check_scores(const Instrument& instrument, const Answers& answers) {
    const auto scores = score(instrument, answers);
    if (!scores) {
        ENSURE(!scores.error().describe().empty());
        return;
    }
    ENSURE(scores->size() == instrument.scales.size());
    for (std::size_t i = 0; i < scores->size(); ++i) {
        const Score& each = scores->at(i);
        const Scale& scale = instrument.scales[i];
        ENSURE(each.value.has_value() == each.why.empty());
        if (each.value) {
            ENSURE(*each.value >= scale.minimum - 1e-6 && *each.value <= scale.maximum + 1e-6);
            ENSURE(scale.bands.empty() || band_of(scale, *each.value) != nullptr);
        }
    }
    ENSURE(explain(instrument, answers).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto instrument = parse_instrument(text, "fuzz.json");
    if (!instrument) {
        ENSURE(!instrument.error().describe().empty());
        return 0;
    }
    for (const Vector& vector : instrument->vectors) {
        check_scores(*instrument, vector.answers);
    }
    for (std::size_t start = 0; start < 8; ++start) {
        check_scores(*instrument, answers_from(*instrument, text, start * 31));
    }
    return 0;
}
