#include "command/answers.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

#include "command/lint_answers.h"
#include "command/score_summary.h"
#include "support/shared_data.h"

using namespace groundwork;
using namespace groundwork::command;

namespace {

const instrument::Instrument& shipped(std::string_view id) {
    const auto& all = instrument::shipped_instruments();
    const auto place = std::ranges::find(all, id, &instrument::Instrument::id);
    ENSURE(place != all.end());
    return *place;
}

table::Frame frame_of(std::string_view csv) {
    auto frame = table::read_csv(csv, "a.csv", {.text_columns = {"id"}});
    ENSURE(frame.has_value());
    return std::move(*frame);
}

std::string refusal(std::string_view csv, const std::string& id, const std::string& items,
                    const std::string& id_column) {
    const auto sheet = read_answers(frame_of(csv), shipped(id), items, id_column);
    return sheet ? "accepted" : sheet.error().describe();
}

std::string found(std::string_view header, const std::string& id, const std::string& items = "") {
    const std::string csv = std::string(header) + "\n";
    const auto columns = find_item_columns(frame_of(csv), shipped(id), items);
    return columns ? join(*columns, " ") : columns.error().describe();
}

std::vector<std::string> lines(const std::vector<instrument::Finding>& findings) {
    std::vector<std::string> texts;
    for (const auto& finding : findings) {
        texts.push_back(finding.where + ": " + finding.message);
    }
    return texts;
}

}  // namespace

TEST_CASE("columns are found by the instrument's id, or as the only family with as many numbers as items") {
    CHECK(found("id,phq2_1,phq2_2,other_1,other_2", "phq2") == "phq2_1 phq2_2");
    CHECK(found("id,q01_pre,q02_pre,q03_pre,x1", "ucla3") == "q01_pre q02_pre q03_pre");
    CHECK(found("id,a1,a2,a3", "ucla3", "a{}") == "a1 a2 a3");
    CHECK(found("id,a01,a02,a03", "ucla3", "a{}") == "a01 a02 a03");
    CHECK(found("id,x,y,z", "ucla3", "z,x,y") == "z x y");
}

TEST_CASE("columns that do not tell which they are, or are too few or too many, are refused") {
    CHECK(
        found("id,a1,a2,b1,b2", "phq2") ==
        "a.csv: the columns of the 2 items of phq2 cannot be told from their names. Name them, e.g. --items "
        "'phq2_{}', or list them in order: --items a,b,c. These would fit: 'a{}', 'b{}'.");
    CHECK(
        found("id,ucla3_1,ucla3_3", "ucla3") ==
        "a.csv: has no column ucla3_2, but ucla3 has 3 items. Check that it is the right instrument, or list "
        "the items' columns in order: --items a,b,c.");
    CHECK(found("id,q1,q2,q3,q4", "ucla3", "q{}")
              .starts_with("a.csv: has 4 columns q{}, but ucla3 has 3 items."));
    CHECK(found("id,x,y", "ucla3", "x,y").find("names 2 columns where 3 are needed") != std::string::npos);
}

TEST_CASE("cells that are not answers are refused together, each with its place and what would be right") {
    CHECK(refusal("id,phq2_1,phq2_2\na,4,0\nb,1.5,1\nc,3,2\n", "phq2", "", "id") ==
          "a.csv, row 2, column phq2_1: \"4\" is outside the answers 0 to 3 of item 1. Write 0 to 3, or "
          "leave the "
          "cell empty if there was no answer; if 4 stands for a missing answer, add --missing=4.\n"
          "a.csv, row 3, column phq2_1: \"1.5\" is not a whole number, as the answers 0 to 3 of item 1 are. "
          "Write 0 "
          "to 3, or leave the cell empty if there was no answer.");
    CHECK(refusal("id,phq2_1,phq2_2\na,Nearly every day,0\n", "phq2", "", "id") ==
          "a.csv, row 2, column phq2_1: \"Nearly every day\" is not a whole number, as the answers 0 to 3 of "
          "item 1 "
          "are. That is the label of the answer 3: write the number.");
}

TEST_CASE("a file that counts its answers from another number is told so, once") {
    const std::string words = refusal("ucla3_1,ucla3_2,ucla3_3\n0,1,2\n0,0,1\n", "ucla3", "", "");
    CHECK(
        words.find("All answers of the file lie between 0 and 2: if it codes them 0 to 2, add 1 to every one "
                   "first.") != std::string::npos);
    CHECK(words.find("All answers", words.find("All answers") + 1) == std::string::npos);
    // One typing mistake beside answers over the whole range is no other coding.
    CHECK(refusal("ucla3_1,ucla3_2,ucla3_3\n0,1,3\n", "ucla3", "", "").find("All answers") ==
          std::string::npos);
}

TEST_CASE("an id that is missing or stands there twice is refused") {
    CHECK(refusal("id,phq2_1,phq2_2\n7,0,0\n,0,0\n7,1,1\n", "phq2", "", "id") ==
          "a.csv, row 3, column id: the id is missing. Every row needs an id of its own.\n"
          "a.csv, row 4, column id: \"7\" is the id of row 2 already. One row must stand for one person: "
          "remove one "
          "of the two, or give it another id.");
}

TEST_CASE("twenty troubles are shown and the rest counted") {
    std::string csv = "phq2_1,phq2_2\n";
    for (int row = 0; row < 13; ++row) {
        csv += "9,9\n";
    }
    const auto sheet = read_answers(frame_of(csv), shipped("phq2"), "", "");
    REQUIRE(!sheet);
    CHECK(sheet.error().others().size() == 20);
    CHECK(sheet.error().others().back().problem() == "6 more cells are in trouble");
}

TEST_CASE("an empty cell is missing, never 0") {
    const auto sheet = read_answers(frame_of("phq2_1,phq2_2\n,3\n"), shipped("phq2"), "", "");
    REQUIRE(sheet.has_value());
    CHECK(sheet->ids == std::vector<std::string>{"1"});
    CHECK(sheet->answers.front() == instrument::Answers{std::nullopt, 3});
}

TEST_CASE("property: scores do not depend on the order of the file's columns") {
    CHECK(rc::check([] {
        const instrument::Instrument& scs = shipped("scs");
        std::vector<std::size_t> order(26);
        std::iota(order.begin(), order.end(), 0U);
        const auto answers = *rc::gen::container<std::vector<int>>(26, rc::gen::inRange(1, 6));
        const auto keys = *rc::gen::container<std::vector<int>>(26, rc::gen::arbitrary<int>());
        std::ranges::stable_sort(order, {}, [&](std::size_t item) { return keys[item]; });
        table::Frame straight("a.csv"), shuffled("a.csv");
        const auto column = [&](std::size_t item) {
            return table::Column::of_numbers(fmt::format("scs_{}", item + 1),
                                             {static_cast<double>(answers[item])});
        };
        for (std::size_t item = 0; item < 26; ++item) {
            RC_ASSERT(straight.set(column(item)).has_value());
            RC_ASSERT(shuffled.set(column(order[item])).has_value());
        }
        const auto one = score_people(scs, *read_answers(straight, scs, "", ""));
        const auto two = score_people(scs, *read_answers(shuffled, scs, "", ""));
        for (std::size_t scale = 0; scale < scs.scales.size(); ++scale) {
            RC_ASSERT(one->front()[scale].value == two->front()[scale].value);
        }
    }));
}

TEST_CASE("groups stand in the order of their appearance, and people without a score are counted apart") {
    const table::Frame frame = frame_of("station,phq2_1,phq2_2\nB,1,2\nA,3,3\nB,,1\n,0,0\nB,0,1\n");
    const instrument::Instrument& phq2 = shipped("phq2");
    const auto sheet = read_answers(frame, phq2, "", "");
    REQUIRE(sheet.has_value());
    const auto groups = summarise_groups(frame, "station", phq2, *sheet, *score_people(phq2, *sheet));
    REQUIRE(groups.has_value());
    REQUIRE(groups->size() == 3);
    CHECK(groups->at(0).name == "B");
    CHECK(groups->at(1).name == "A");
    CHECK(groups->at(2).name == "(none)");
    const ScaleSummary& total = groups->at(0).scales.front();
    CHECK(groups->at(0).n == 3);
    CHECK(total.n == 2);
    CHECK(total.missing == 1);
    CHECK(total.mean == 2.0);
    std::size_t in_bands = 0;
    for (const BandCount& band : total.bands) {
        in_bands += band.n;
    }
    CHECK(in_bands == (total.bands.empty() ? 0 : total.n));
}

// evidence: R 4.2.2 on the same file (mean, sd, psych::alpha).
TEST_CASE("the SCS of 375 real people has the published mean, spread and reliability") {
    const auto path = shared_file("data/state_self_compassion_baseline_items.csv");
    if (!path) {
        return;
    }
    const auto frame = read_people(*path, "", "pid");
    REQUIRE(frame.has_value());
    const instrument::Instrument& scs = shipped("scs");
    const auto sheet = read_answers(*frame, scs, "scs_{}", "pid");
    REQUIRE(sheet.has_value());
    const auto scores = score_people(scs, *sheet);
    const auto groups = summarise_groups(*frame, "", scs, *sheet, *scores);
    REQUIRE(groups.has_value());
    const ScaleSummary& total = groups->front().scales.front();
    CHECK(total.n == 375);
    CHECK(total.missing == 0);
    CHECK(fixed(total.mean, 4) == "2.9054");
    CHECK(fixed(total.sd, 4) == "0.6757");
    CHECK(fixed(total.alpha, 4) == "0.9307");
    CHECK(std::ranges::is_sorted(total.percentiles));
    CHECK(fixed(*groups->front().halves, 2) == "0.66");
    // Each total is its whole-number sum, divided once.
    for (std::size_t person = 0; person < sheet->answers.size(); ++person) {
        int sum = 0;
        for (const int item : scs.scales.front().items) {
            sum += instrument::counted_answer(scs, scs.scales.front(), item,
                                              *sheet->answers[person][static_cast<std::size_t>(item) - 1]);
        }
        CHECK(*scores->at(person).front().value == sum / 26.0);
    }
    CHECK(lint_answers(*frame, scs, *sheet).empty());
}

TEST_CASE("lint of answers notices rows and columns that say nothing, and a closed gate that was passed") {
    std::string csv = "pc1,pc2,pc3,pc4,pc5,pc6\n";
    csv += "0,0,1,0,0,0\n,,,,,\n";
    for (int row = 0; row < 10; ++row) {
        csv += fmt::format("1,{},1,{},{},0\n", row % 2, (row / 2) % 2, (row / 3) % 2);
    }
    const table::Frame frame = frame_of(csv);
    const auto sheet = collect_answers(frame, shipped("pc-ptsd-5"), "pc{}", "");
    REQUIRE(sheet.has_value());
    CHECK(lines(lint_answers(frame, shipped("pc-ptsd-5"), *sheet)) ==
          std::vector<std::string>{
              "row 2: answers items that item 1 closes: they are not counted in \"total\"",
              "row 3: has no answer at all",
              "column pc3: everybody answered 1: check that the column was exported rightly",
              "column pc6: everybody answered 0: check that the column was exported rightly"});
}

TEST_CASE("lint of answers notices the same answer to everything, and items that were reversed already") {
    // Thirty people whose plain items rise with a trait; the reversed items (2, 4, 5 of the SSCS-S) rise too.
    std::string csv = "sscs_s_1,sscs_s_2,sscs_s_3,sscs_s_4,sscs_s_5,sscs_s_6\n4,4,4,4,4,4\n";
    for (int row = 0; row < 30; ++row) {
        const int trait = 1 + row % 5, other = 1 + (row + 1) % 5;
        csv += fmt::format("{},{},{},{},{},{}\n", trait, trait, trait, 6 - trait, 6 - trait, other);
    }
    const table::Frame frame = frame_of(csv);
    const auto sheet = collect_answers(frame, shipped("sscs-s"), "", "");
    REQUIRE(sheet.has_value());
    const auto findings = lines(lint_answers(frame, shipped("sscs-s"), *sheet));
    REQUIRE(findings.size() == 2);
    CHECK(findings[0] == "row 2: answers 4 to every item, although some ask the opposite: perhaps not read");
    CHECK(findings[1].starts_with("column sscs_s_2: item 2 is reversed by the key, but after that it falls"));
}
