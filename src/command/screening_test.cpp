#include "command/screening.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support/shared_data.h"

using namespace groundwork;
using namespace groundwork::command;
using programme::ListAnswer;
using programme::SafetyStatus;

namespace {

programme::Protocol shipped() { return programme::find_protocol("matched-six-week").value(); }

table::Frame frame_of(std::size_t rows) {
    table::Frame frame("people.csv");
    for (int item = 1; item <= 26; ++item) {
        const auto column =
            table::Column::of_numbers("scs_" + std::to_string(item), std::vector<double>(rows, 3));
        REQUIRE(frame.set(column).has_value());
    }
    return frame;
}

void add_items(table::Frame& frame, const std::string& prefix, int items, double answer) {
    for (int item = 1; item <= items; ++item) {
        const std::string name = prefix + std::to_string(item);
        REQUIRE(frame.set(table::Column::of_numbers(name, std::vector<double>(frame.rows(), answer)))
                    .has_value());
    }
}

void add_texts(table::Frame& frame, const std::string& name, const std::vector<std::string>& cells) {
    std::vector<std::optional<std::string>> texts(cells.begin(), cells.end());
    REQUIRE(frame.set(table::Column::of_text(name, texts)).has_value());
}

Screening read(const table::Frame& frame, std::vector<std::string> safety = {}) {
    return read_screening(frame, shipped(), {.items = "", .id = "", .safety = std::move(safety)}).value();
}

std::string refusal(const table::Frame& frame, std::vector<std::string> safety = {}) {
    const auto refused =
        read_screening(frame, shipped(), {.items = "", .id = "", .safety = std::move(safety)});
    REQUIRE_FALSE(refused.has_value());
    return refused.error().describe();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a file with SCS items alone gives scores and no safety answers") {
    const Screening screening = read(frame_of(2));
    REQUIRE(screening.people.size() == 2);
    CHECK(screening.people[1].id == "2");
    CHECK(screening.people[0].moderator == programme::to_points(3));
    CHECK_FALSE(screening.people[0].safety.screens[0].is_asked);
    CHECK(screening.people[0].safety.kindness.empty());
}

TEST_CASE("safety answers are found by their usual columns") {
    table::Frame frame = frame_of(1);
    add_items(frame, "cesd_", 20, 1);
    add_items(frame, "pc_ptsd_5_", 6, 1);
    add_items(frame, "kindness_unsafe_", 3, 4);
    const programme::SafetyAnswers safety = read(frame).people[0].safety;
    CHECK(safety.screens[0].score == programme::to_points(16 * 1 + 4 * 2));  // four items count the other way
    CHECK_FALSE(safety.screens[1].is_asked);
    CHECK(safety.screens[2].score == programme::to_points(5));
    CHECK(safety.kindness == std::vector<std::optional<int>>{4, 4, 4});
}

TEST_CASE("some of a screen's columns are an error, not a screen that was not asked") {
    table::Frame frame = frame_of(1);
    add_items(frame, "cesd_", 19, 1);
    CHECK(has(refusal(frame), "cesd_20"));
    CHECK(has(refusal(frame), "--safety cesd=none"));
    CHECK_FALSE(read(frame, {"cesd=none"}).people[0].safety.screens[0].is_asked);
}

TEST_CASE("items under other names are found by --safety, and so is a finished score") {
    table::Frame frame = frame_of(1);
    add_items(frame, "mood_", 20, 0);
    REQUIRE(frame.set(table::Column::of_numbers("depression", {31})).has_value());
    CHECK(read(frame, {"cesd=mood_{}"}).people[0].safety.screens[0].score == programme::to_points(12));
    CHECK(read(frame, {"cesd=depression"}).people[0].safety.screens[0].score == programme::to_points(31));
}

TEST_CASE("a finished score outside the scale is refused with row and column") {
    table::Frame frame = frame_of(1);
    REQUIRE(frame.set(table::Column::of_numbers("depression", {61})).has_value());
    const std::string words = refusal(frame, {"cesd=depression"});
    CHECK(has(words, "people.csv, row 2, column depression"));
    CHECK(has(words, "outside the scores 0 to 60"));
}

TEST_CASE("a --safety option that names nothing known is refused") {
    CHECK(has(refusal(frame_of(1), {"cesdd=x"}), "Did you mean \"cesd\"?"));
    CHECK(has(refusal(frame_of(1), {"cesd"}), "--safety cesd='cesd_{}'"));
}

TEST_CASE("an answer outside the kindness check's range is refused") {
    table::Frame frame = frame_of(1);
    add_items(frame, "kindness_unsafe_", 3, 5);
    CHECK(has(refusal(frame), "outside the answers 0 to 4"));
}

TEST_CASE("the on-device list says proceed, talk first, or nothing") {
    table::Frame frame = frame_of(3);
    add_texts(frame, "on_device", {"proceed", "Talk first", ""});
    const Screening screening = read(frame);
    CHECK(screening.people[0].safety.list == ListAnswer::proceed);
    CHECK(screening.people[1].safety.list == ListAnswer::talk_first);
    CHECK(screening.people[2].safety.list == ListAnswer::missing);
    add_texts(frame, "on_device", {"proceed", "mania", ""});
    CHECK(has(refusal(frame), "row 3, column on_device: \"mania\""));
}

TEST_CASE("asking for help is read as yes or no") {
    table::Frame frame = frame_of(3);
    add_texts(frame, "asks_for_help", {"yes", "0", ""});
    const Screening screening = read(frame);
    CHECK(screening.people[0].safety.asks_for_help);
    CHECK_FALSE(screening.people[1].safety.asks_for_help);
    CHECK_FALSE(screening.people[2].safety.asks_for_help);
    add_texts(frame, "asks_for_help", {"maybe", "0", ""});
    CHECK(has(refusal(frame), "does not say whether"));
}

TEST_CASE("the lowest possible score takes the kindest answer for each missing item, reversed or not") {
    const auto instrument = instrument::find_instrument("cesd").value();
    CHECK(lowest_possible_score(instrument, 0, instrument::Answers(20)).value() == 0);
    instrument::Answers answers(20, 3);
    for (const std::size_t item : {4u, 8u, 12u, 16u}) {
        answers[item - 1] = 0;  // reversed: the heaviest
    }
    answers[0] = answers[3] = answers[4] = answers[5] = answers[6] = std::nullopt;
    CHECK(lowest_possible_score(instrument, 0, answers).value() == 45);
}

TEST_CASE("too many gaps for a CES-D score still send to talk first when the answers given reach 27") {
    table::Frame frame = frame_of(1);
    add_items(frame, "cesd_", 20, 3);
    for (int item = 1; item <= 6; ++item) {
        const std::string name = "cesd_" + std::to_string(item);
        REQUIRE(frame.set(table::Column::of_numbers(name, {std::nan("")})).has_value());
    }
    const Screening screening = read(frame);
    CHECK_FALSE(screening.people[0].safety.screens[0].score.has_value());
    CHECK(programme::assess_safety(shipped(), screening.people[0].safety).status == SafetyStatus::talk_first);
}

TEST_CASE("375 real people: strata, a provisional match, and nobody lost") {
    const auto path = shared_file("data/state_self_compassion_baseline_items.csv");
    if (!path) {
        return;
    }
    const auto frame = read_people(*path, "", "pid").value();
    const Screening screening =
        read_screening(frame, shipped(), {.items = "scs_{}", .id = "pid", .safety = {}}).value();
    programme::SeededEntropy entropy(1);
    const auto matching = programme::match(shipped(), screening.people, {}, entropy).value();
    REQUIRE(matching.allocations.size() == 375);
    std::vector<std::size_t> strata(3);
    std::size_t even = 0;
    for (const programme::Allocation& allocation : matching.allocations) {
        ++strata.at(allocation.stratum.value());
        CHECK(allocation.kind == programme::Kind::drawn);
        CHECK(allocation.safety.status == SafetyStatus::not_screened);
        even += allocation.draw->planned == programme::Probabilities{5000, 5000};
    }
    CHECK(strata == std::vector<std::size_t>{101, 204, 70});
    CHECK(even == 375 - 79);  // 79 sums of at most 60
    CHECK(screening.halves_correlation.value() > 0.4);
    CHECK(std::ranges::find(matching.warnings, programme::provisional) != matching.warnings.end());
}
