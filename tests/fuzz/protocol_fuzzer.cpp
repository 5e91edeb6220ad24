// Any bytes are a protocol, or are refused in words; and whatever is accepted matches people within its
// limits.
#include <cstdint>
#include <string_view>

#include "programme/programme.h"

namespace programme = groundwork::programme;

namespace {

void match_some(const programme::Protocol& protocol) {
    std::vector<programme::Person> people;
    for (int tenth = 10; tenth <= 50; tenth += 2) {
        programme::Person person;
        person.id = std::to_string(tenth);
        person.moderator = programme::to_points(tenth / 10.0);
        people.push_back(person);
    }
    programme::SeededEntropy entropy(1);
    const auto matching = programme::match(protocol, people, {}, entropy);
    if (!matching) {
        return;
    }
    for (const programme::Allocation& allocation : matching->allocations) {
        const auto& draw = allocation.draw;
        for (std::size_t arm = 0; draw && arm < draw->planned.size(); ++arm) {
            ENSURE(draw->conditional[arm] >= protocol.coin.limits.lowest_for(draw->planned[arm]));
            ENSURE(draw->conditional[arm] <= protocol.coin.limits.highest_for(draw->planned[arm]));
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto findings = programme::check_protocol(text, "fuzzed.json");
    const auto protocol = programme::parse_protocol(text, "fuzzed.json");
    if (protocol) {
        match_some(*protocol);
    } else {
        ENSURE(!findings.empty());
        ENSURE(!protocol.error().describe().empty());
    }
    return 0;
}
