#include "rehearsal/rehearse.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <set>

#include "rehearsal/rehearsal_findings.h"
#include "rehearsal/rehearsal_totals.h"
#include "rehearsal/simulated_server.h"
#include "rehearsal/watch.h"

namespace groundwork::rehearsal {

using namespace programme;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

enum : std::uint64_t { for_faults = 7ULL << 40U, for_cohort = 8ULL << 40U };

// The server is looked after every five minutes: what falls between happens together, as it would under load.
using Step = std::chrono::duration<std::int64_t, std::ratio<300>>;

// A command between a device and the server.
struct Delivery {
    Instant at;
    std::uint64_t order = 0;
    Command command;
    bool operator>(const Delivery& other) const {
        return std::tie(at, order) > std::tie(other.at, other.order);
    }
};

class Rehearsal {
  public:
    Rehearsal(const RehearsalPlan& plan, const Protocol& protocol)
        : plan_(plan),
          protocol_(protocol),
          server_(plan.seed),
          crowd_({plan.people, plan.seed, plan.start, plan.truth, has(Fault::tabs)}, protocol),
          watch_(protocol),
          record_(protocol),
          totals_(protocol, plan.start),
          chance_(plan.seed, for_faults),
          next_midnight_(std::chrono::ceil<days>(plan.start)) {}

    Result<RehearsalOutcome> run() {
        TRY_DO(server_.start());
        TRY_DO(launch());
        plan_faults();
        while (const auto wake = next_wake()) {
            now_ = std::max<Instant>(now_ + seconds(1), std::chrono::ceil<Step>(*wake));
            TRY_DO(live(now_));
            show_progress();
        }
        TRY_DO(close());
        return outcome();
    }

  private:
    bool has(Fault fault) const { return std::ranges::find(plan_.faults, fault) != plan_.faults.end(); }

    void show_progress() const {
        if (plan_.progress) {
            const double day = static_cast<double>((now_ - plan_.start) / hours(24));
            plan_.progress(std::min(0.95, day / length_in_days()));
        }
    }

    int length_in_days() const {
        return 30 + 7 * (protocol_.course->weeks_before + last_week(*protocol_.course));
    }

    Result<void> launch() {
        RandomStream ids(plan_.seed, for_cohort);
        cohort_ = id_of(ids.next(), ids.next());
        const Command command{
            id_of(ids.next(), ids.next()), std::nullopt,
            Launch{cohort_, plan_.protocol, plan_.variant, static_cast<int>(plan_.people), true}};
        const auto receipt = TRY(server_.keeper().launch(command, plan_.start));
        now_ = plan_.start;
        return see_all(receipt.events);
    }

    // ---- faults ----

    void plan_faults() {
        const auto some_moment = [&] {
            return plan_.start +
                   minutes(chance_.next_below(static_cast<std::uint64_t>(length_in_days()) * 24 * 60));
        };
        if (has(Fault::clock)) {
            for (int step = 0; step < length_in_days() / 4; ++step) {
                const Instant at = some_moment();
                const seconds by(static_cast<std::int64_t>(chance_.next_below(7201)) - 3600);
                clock_steps_[at] = by;
                clock_steps_[at + minutes(10 + chance_.next_below(350))] = seconds(0);
            }
        }
        if (has(Fault::mail)) {
            for (int outage = 0; outage < 4; ++outage) {
                const Instant at = some_moment();
                mail_outages_.emplace_back(at, at + hours(24 + chance_.next_below(49)));
            }
        }
        if (has(Fault::disk)) {
            for (int outage = 0; outage < 3; ++outage) {
                const Instant at = some_moment();
                full_disks_.emplace_back(at, at + hours(1 + chance_.next_below(5)));
            }
        }
        plan_crash();
    }

    // The next loss of power: so many writes from now that a programme of any size meets about ten.
    void plan_crash() {
        if (has(Fault::crash)) {
            server_.disk().lose_power_at(server_.disk().write_points() + 1 +
                                         chance_.next_below(100 * (plan_.people + 1)));
        }
    }
    void plan_write_error() {
        if (has(Fault::disk) && chance_.next_below(10 * (plan_.people + 1)) == 0) {
            server_.disk().fail_at(server_.disk().write_points() + 1 + chance_.next_below(8));
        }
    }

    static bool is_within(const std::vector<std::pair<Instant, Instant>>& spans, Instant now) {
        return std::ranges::any_of(spans,
                                   [&](const auto& span) { return now >= span.first && now < span.second; });
    }

    seconds clock_offset(Instant now) const {
        const auto after = clock_steps_.upper_bound(now);
        return after == clock_steps_.begin() ? seconds(0) : std::prev(after)->second;
    }

    // ---- the loop ----

    std::optional<Instant> next_wake() {
        std::optional<Instant> next;
        const auto consider = [&](std::optional<Instant> at) {
            if (at && (!next || *at < *next)) {
                next = at;
            }
        };
        consider(crowd_.next());
        if (const auto due = server_.keeper().next_due(cohort_)) {
            consider(std::max(now_ + minutes(1), *due - clock_offset(now_)));
        }
        if (!outbox_.empty()) {
            consider(outbox_.top().at);
        }
        return next;
    }

    Result<void> live(Instant now) {
        while (now >= next_midnight_) {
            TRY_DO(compare_with_replay());
            next_midnight_ += days(1);
            TRY_DO(keep_snapshot());
        }
        for (Sent& sent : crowd_.act(now)) {
            send(std::move(sent), now);
        }
        if (has(Fault::disk)) {
            const bool is_full = is_within(full_disks_, now);
            server_.disk().set_capacity(is_full ? std::optional(server_.disk().bytes_used()) : std::nullopt);
        }
        std::vector<keeper::Request> requests;
        const Instant clock = now + clock_offset(now);
        if (const auto due = server_.keeper().next_due(cohort_); due && *due <= clock) {
            requests.push_back({{Id{}, std::nullopt, Tick{}}, clock});
        }
        while (!outbox_.empty() && outbox_.top().at <= now) {
            requests.push_back({outbox_.top().command, clock});
            outbox_.pop();
        }
        if (clock_offset(now) != seconds(0)) {
            count_fault(Fault::clock, requests);
        }
        if (is_within(mail_outages_, now)) {
            count_fault(Fault::mail, requests);
        }
        return requests.empty() ? Result<void>() : carry_out(requests);
    }

    // Weekly, where the server may have to come back from it.
    Result<void> keep_snapshot() {
        const bool is_due = (next_midnight_ - std::chrono::ceil<days>(plan_.start)) % days(7) == days(0);
        if (!is_due || (!has(Fault::crash) && !has(Fault::disk))) {
            return {};
        }
        const auto kept = server_.keeper().keep_snapshot(cohort_);
        if (!kept && !server_.disk().has_power()) {
            return recover({});
        }
        return kept || has(Fault::disk) ? Result<void>() : kept;
    }

    void post(Instant at, const Command& command) { outbox_.push({at, order_++, command}); }

    void count_fault(Fault fault, const Command& command) {
        ++faults_[std::string(name_of(fault))][std::string(type_name(command.payload))];
    }
    void count_fault(Fault fault, const std::vector<keeper::Request>& requests) {
        for (const keeper::Request& request : requests) {
            count_fault(fault, request.command);
        }
    }

    void send(Sent sent, Instant now) {
        const Command& command = sent.command;
        const auto strikes = [&](Fault fault, std::uint64_t one_in) {
            const bool does = has(fault) && chance_.next_below(one_in) == 0;
            if (does) {
                count_fault(fault, command);
            }
            return does;
        };
        if (sent.is_second_window) {
            count_fault(Fault::tabs, command);
        }
        Instant at = now;
        if (strikes(Fault::lose, 20)) {
            at += seconds(60);  // nothing came back: the device sends it again
        }
        if (strikes(Fault::delay, 20)) {
            at += minutes(1 + chance_.next_below(26 * 60));
        }
        if (strikes(Fault::duplicate, 10)) {
            post(at + seconds(chance_.next_below(180)), command);
        }
        post(at, command);
    }

    Result<void> carry_out(const std::vector<keeper::Request>& requests) {
        plan_write_error();
        const auto receipts = server_.keeper().carry_out(cohort_, requests);
        if (!server_.disk().has_power()) {
            count_fault(Fault::crash, requests);
            return recover(requests);
        }
        bool has_failed = false;
        for (std::size_t i = 0; i < receipts.size(); ++i) {
            const Command& command = requests[i].command;
            const std::string kind(type_name(command.payload));
            if (receipts[i]) {
                totals_.carried_out(kind);
                TRY_DO(see_all(receipts[i]->events));
                continue;
            }
            if (receipts[i].error().kind() != ErrorKind::outside) {
                totals_.refused(kind);
                continue;
            }
            if (!has(Fault::disk)) {
                return fail(receipts[i].error());
            }
            has_failed = true;
            count_fault(Fault::disk, command);
            if (!std::holds_alternative<Tick>(command.payload)) {
                post(now_ + minutes(5), command);
            }
        }
        // A server whose disk has failed is started again when it can be; nothing is lost meanwhile.
        return has_failed ? restart() : Result<void>();
    }

    // What was acknowledged must be there; what was not may be, whole, and is sent again by whoever waits.
    Result<void> recover(const std::vector<keeper::Request>& requests) {
        server_.disk().fail_at(0);
        TRY_DO(server_.recover());
        plan_crash();
        TRY_DO(see_what_the_ledger_kept());
        for (const keeper::Request& request : requests) {
            if (!std::holds_alternative<Tick>(request.command.payload)) {
                post(now_ + seconds(30), request.command);
            }
        }
        return compare_with_replay();
    }

    Result<void> restart() {
        server_.disk().set_capacity(std::nullopt);
        server_.disk().fail_at(0);
        server_.stop();
        if (auto started = server_.start(); !started) {
            return server_.disk().has_power() ? started : recover({});
        }
        TRY_DO(see_what_the_ledger_kept());
        return compare_with_replay();
    }

    // After a restart the ledger alone says what happened.
    Result<void> see_what_the_ledger_kept() {
        std::vector<Event> events;
        std::uint64_t last = 0;
        const auto take = [&](const ledger::ReadEvent& stored) -> Result<bool> {
            last = stored.sequence;
            if (stored.readability == ledger::Readability::readable) {
                events.push_back(TRY(read_event(stored.payload)));
            }
            return true;
        };
        TRY_DO(server_.ledger().read(cohort_, seen_ + 1, take));
        const auto head = server_.ledger().head(cohort_);
        watch_.note(head && head->sequence >= seen_, "an acknowledged event was lost in a crash");
        const std::uint64_t before = seen_;
        TRY_DO(see_all(events));
        seen_ = std::max(before, last);  // an erasure among them hides what came before it
        return {};
    }

    Result<void> see_all(const std::vector<Event>& events) {
        const bool are_told = !is_within(mail_outages_, now_);
        for (const Event& event : events) {
            ++seen_;
            if (const auto subject = subject_of(event)) {
                touched_.insert(*subject);
            }
            watch_.see(event);
            record_.see(event);
            totals_.see(event, now_);
            crowd_.see(event, now_, are_told);
        }
        return {};
    }

    // ---- checks ----

    // The state that the ledger's new events lead to is the living one: of everyone whom they are about.
    Result<void> compare_with_replay() {
        const auto replayed = keeper::replay(server_.ledger(), cohort_, replayed_ + 1, shadow_);
        if (!replayed) {
            return fail(replayed.error());
        }
        replayed_ = *replayed;
        const auto compare = [&](const Cohort& living) {
            bool is_same = is_same_without_people(shadow_, living);
            for (const Id& id : touched_) {
                const Participant* one = shadow_.find_person(id);
                const Participant* other = living.find_person(id);
                is_same = is_same && (one == nullptr) == (other == nullptr) &&
                          (one == nullptr || is_same_person(*one, *other));
            }
            watch_.note(is_same,
                        fmt::format("{}: a replay does not come to the living state", to_text(now_)));
            watch_.note(replayed_ == seen_,
                        fmt::format("{}: the ledger holds {} events, {} were acknowledged", to_text(now_),
                                    replayed_, seen_));
            watch_.look_at(living);
        };
        TRY_DO(server_.keeper().look(cohort_, compare));
        touched_.clear();
        return {};
    }

    Result<void> close() {
        RandomStream ids(plan_.seed, for_cohort + 1);
        server_.disk().set_capacity(std::nullopt);
        server_.disk().lose_power_at(0);
        now_ += hours(1);
        const auto receipt = server_.keeper().carry_out(
            cohort_, {id_of(ids.next(), ids.next()), std::nullopt, CloseCohort{}}, now_);
        if (!receipt) {
            TRY_DO(server_.keeper().look(cohort_, [&](const Cohort& cohort) { note_who_is_left(cohort); }));
        }
        if (receipt) {
            TRY_DO(see_all(receipt->events));
        }
        TRY_DO(compare_with_replay());
        return check_from_the_beginning();
    }

    void note_who_is_left(const Cohort& cohort) {
        for (const auto& [id, person] : cohort.people) {
            watch_.note(person.stage != Stage::taking_part,
                        "the cohort cannot be closed, still taking part: " + write_person(person));
        }
    }

    // Without anything that was in memory: chain, replay without the erased, and nothing of theirs anywhere.
    Result<void> check_from_the_beginning() {
        server_.stop();
        TRY_DO(server_.open_ledger());
        std::set<std::string> erased;
        for (const Crowd::Life& life : crowd_.lives()) {
            if (life.is_erased) {
                erased.insert(to_text(life.who.id()));
            }
        }
        Cohort replayed;
        bool is_readable = false;
        const auto look = [&](const ledger::ReadEvent& stored) -> Result<void> {
            is_readable |= is_trace_of(erased, stored.payload);
            return keeper::apply_stored(replayed, stored, cohort_);
        };
        const auto report = TRY(server_.ledger().verify(cohort_, look));
        watch_.note(report.troubles.empty(),
                    "the chain does not hold: " + (report.troubles.empty() ? "" : report.troubles.front()));
        watch_.note(is_same_cohort(replayed, shadow_), "a replay from the beginning comes to another state");
        watch_.note(!is_readable, "something of an erased person can still be read");
        head_ = ledger::to_text(report.head.hash);
        bool is_in_clear = false;
        for (const std::string& name : server_.disk().files()) {
            is_in_clear |= server_.disk().read(name)->find(canary) != std::string::npos;
        }
        watch_.note(!is_in_clear, "something that people wrote stands in a file unsealed");
        return {};
    }

    Result<RehearsalOutcome> outcome() {
        RehearsalOutcome outcome;
        outcome.protocol = protocol_.id;
        outcome.version = protocol_.version;
        outcome.protocol_hash = protocol_.content_hash;
        outcome.people = plan_.people;
        outcome.began = plan_.start;
        outcome.ended = now_;
        outcome.events = seen_;
        outcome.write_points = server_.disk().write_points();
        server_.stop();  // writes everything into the main files
        for (const std::string& name : server_.disk().files()) {
            outcome.files[name] = *server_.disk().read(name);
            server_.disk().put(name, "");  // a ledger of a million events need not be there twice
        }
        for (const std::uint8_t byte : server_.programme_key()) {
            outcome.programme_key += fmt::format("{:02x}", byte);
        }
        totals_.write_into(outcome);
        outcome.faults = faults_;
        outcome.checked = watch_.checked();
        outcome.violations = watch_.violations();
        outcome.head = head_;
        TRY_DO(find(plan_, protocol_, crowd_, record_, outcome));
        outcome.outcomes = TRY(record_.outcomes());
        outcome.scores = TRY(record_.scores());
        outcome.diary = TRY(record_.diary());
        outcome.allocation_ledger = TRY(record_.allocations());
        return outcome;
    }

    const RehearsalPlan& plan_;
    const Protocol& protocol_;
    SimulatedServer server_;
    Crowd crowd_;
    Watch watch_;
    RehearsalRecord record_;
    RehearsalTotals totals_;
    RandomStream chance_;

    Id cohort_;
    Instant now_{}, next_midnight_;
    std::priority_queue<Delivery, std::vector<Delivery>, std::greater<>> outbox_;
    std::uint64_t order_ = 0;
    std::uint64_t seen_ = 0;  // events acknowledged or found after a crash
    Cohort shadow_;
    std::uint64_t replayed_ = 0;
    std::set<Id> touched_;  // since the last comparison
    std::string head_;
    std::map<Instant, seconds> clock_steps_;
    std::vector<std::pair<Instant, Instant>> mail_outages_, full_disks_;
    std::map<std::string, std::map<std::string, int>> faults_;
};

}  // namespace

Result<RehearsalOutcome> rehearse(const RehearsalPlan& plan) {
    const Protocol protocol = TRY(parse_protocol(plan.protocol, plan.protocol_name));
    if (!protocol.course) {
        return fail(unacceptable("has no course: there is nothing to rehearse").at(plan.protocol_name));
    }
    return Rehearsal(plan, protocol).run();
}

}  // namespace groundwork::rehearsal
