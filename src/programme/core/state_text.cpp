#include "programme/core/state_text.h"

#include <algorithm>

#include "programme/core/described.h"
#include "programme/core/described_equality.h"
#include "programme/core/json_form.h"

namespace groundwork::programme {

BOOST_DESCRIBE_ENUM(Stage, enrolled, taking_part, finished, withdrawn, erased)
BOOST_DESCRIBE_STRUCT(CommandMark, (), (id, digest))
BOOST_DESCRIBE_STRUCT(OpenPrompt, (), (window, is_open, reminded))
BOOST_DESCRIBE_STRUCT(PastPrompt, (), (window, is_answered))
BOOST_DESCRIBE_STRUCT(FormResult, (), (answered_at, questions, scores))
BOOST_DESCRIBE_STRUCT(PromptCounts, (),
                      (planned, opened, reminded, answered, late, kept, refused, expired, paused, withdrawn,
                       not_offered))
BOOST_DESCRIBE_STRUCT(Participant, (),
                      (id, stage, enrolled_at, protocol, profile, consent_version, is_asked_again, day_zero,
                       planned_week, plan_again_at, prompts_made, prompts, past, results, counts,
                       paused_until, are_messages_stopped, safety, may_start, asks_for_help,
                       awaits_allocation, allocation, allocated_at, arm, reallocation, middle, reassessed,
                       practices, practice_minutes, is_practice_paused, had_impairing_harm,
                       some_harms_in_a_row, human, care, intercurrent, commands))
BOOST_DESCRIBE_STRUCT(Tombstone, (), (enrolled_at, erased_at, allocated_at, stratum, arm))

namespace {

struct CoinForm {
    std::vector<std::uint64_t> expected, taken;
};
BOOST_DESCRIBE_STRUCT(CoinForm, (), (expected, taken))

// A cohort without its people, with what only their order in memory would decide put into order.
struct CohortForm {
    int version = state_version;
    Id id;
    bool is_launched = false, is_enrolment_closed = false, is_closed = false, is_rehearsal = false;
    std::string variant;
    int expected_people = 0;
    Instant clock;
    std::vector<std::string> protocols;
    std::vector<CoinForm> coins;
    std::map<std::string, int> allocated, harmed;
    std::map<std::string, ArmPaused> paused_arms;
    std::vector<std::string> used_codes;
    std::map<Id, Id> commands;
    std::map<Id, Tombstone> tombstones;
};
BOOST_DESCRIBE_STRUCT(CohortForm, (),
                      (version, id, is_launched, is_enrolment_closed, is_closed, is_rehearsal, variant,
                       expected_people, clock, protocols, coins, allocated, harmed, paused_arms, used_codes,
                       commands, tombstones))

CohortForm form_of(const Cohort& cohort) {
    const CohortCore& core = cohort.core;
    CohortForm form{state_version,
                    core.id,
                    core.is_launched,
                    core.is_enrolment_closed,
                    core.is_closed,
                    core.is_rehearsal,
                    core.variant,
                    core.expected_people,
                    core.clock,
                    {},
                    {},
                    core.allocated,
                    core.harmed,
                    core.paused_arms,
                    {cohort.used_codes.begin(), cohort.used_codes.end()},
                    {cohort.commands.begin(), cohort.commands.end()},
                    cohort.tombstones};
    for (const auto& text : core.protocol_texts) {
        form.protocols.push_back(*text);
    }
    for (const Coin& coin : core.coins) {
        form.coins.push_back({coin.memory().expected, coin.memory().taken});
    }
    std::ranges::sort(form.used_codes);
    return form;
}

}  // namespace

std::string write_person(const Participant& person) {
    std::string out;
    json_form::write(out, person);
    return out;
}

std::string write_cohort(const Cohort& cohort) {
    std::string out;
    json_form::write(out, form_of(cohort));
    return out;
}

Result<Participant> read_person(std::string_view text) {
    const json::value document = TRY(parse_json(text, "snapshot"));
    return json_form::read<Participant>(document);
}

Result<Cohort> read_cohort(std::string_view text) {
    const json::value document = TRY(parse_json(text, "snapshot"));
    CohortForm form = TRY(json_form::read<CohortForm>(document));
    if (form.version != state_version) {
        return fail(unacceptable("is a snapshot of another version").value(std::to_string(form.version)));
    }
    Cohort cohort;
    CohortCore& core = cohort.core;
    core.id = form.id;
    core.is_launched = form.is_launched;
    core.is_enrolment_closed = form.is_enrolment_closed;
    core.is_closed = form.is_closed;
    core.is_rehearsal = form.is_rehearsal;
    core.variant = form.variant;
    core.expected_people = form.expected_people;
    core.clock = form.clock;
    for (std::string& protocol : form.protocols) {
        core.protocols.push_back(
            std::make_shared<const Protocol>(TRY(read_protocol(protocol, "the snapshot's protocol"))));
        core.protocol_texts.push_back(std::make_shared<const std::string>(std::move(protocol)));
    }
    if (core.protocols.empty() || core.launched_protocol().strata.size() != form.coins.size()) {
        return fail(unacceptable("is a snapshot that does not fit its protocol"));
    }
    for (CoinForm& coin : form.coins) {
        core.coins.emplace_back(core.launched_protocol().coin,
                                Coin::Memory{std::move(coin.expected), std::move(coin.taken)});
    }
    core.allocated = std::move(form.allocated);
    core.harmed = std::move(form.harmed);
    core.paused_arms = std::move(form.paused_arms);
    cohort.used_codes.insert(form.used_codes.begin(), form.used_codes.end());
    cohort.commands.insert(form.commands.begin(), form.commands.end());
    cohort.tombstones = std::move(form.tombstones);
    return cohort;
}

void add_person(Cohort& cohort, Participant person) {
    const Id id = person.id;
    if (const std::optional<Due> due = next_due(person)) {
        cohort.due.insert({due->at, id});
    }
    cohort.people.insert_or_assign(id, std::move(person));
}

bool is_same_person(const Participant& one, const Participant& other) { return are_equal(one, other); }

namespace {

bool is_same_core(const CohortCore& one, const CohortCore& other) {
    const auto same_text = [](const auto& a, const auto& b) { return *a == *b; };
    const auto same_coin = [](const Coin& a, const Coin& b) {
        return a.memory().expected == b.memory().expected && a.memory().taken == b.memory().taken;
    };
    return one.id == other.id && one.is_launched == other.is_launched &&
           one.is_enrolment_closed == other.is_enrolment_closed && one.is_closed == other.is_closed &&
           one.is_rehearsal == other.is_rehearsal && one.variant == other.variant &&
           one.expected_people == other.expected_people && one.clock == other.clock &&
           std::ranges::equal(one.protocol_texts, other.protocol_texts, same_text) &&
           std::ranges::equal(one.coins, other.coins, same_coin) && one.allocated == other.allocated &&
           one.harmed == other.harmed && are_equal(one.paused_arms, other.paused_arms);
}

}  // namespace

bool is_same_without_people(const Cohort& one, const Cohort& other) {
    return is_same_core(one.core, other.core) && one.used_codes == other.used_codes &&
           one.commands == other.commands && are_equal(one.tombstones, other.tombstones) &&
           one.due == other.due && one.people.size() == other.people.size();
}

bool is_same_cohort(const Cohort& one, const Cohort& other) {
    return is_same_without_people(one, other) && std::ranges::all_of(one.people, [&](const auto& entry) {
               const Participant* person = other.find_person(entry.first);
               return person != nullptr && are_equal(entry.second, *person);
           });
}

}  // namespace groundwork::programme
