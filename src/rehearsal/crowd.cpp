#include "rehearsal/crowd.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "rehearsal/watch.h"

namespace groundwork::rehearsal {

using namespace programme;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr std::uint64_t for_commands = 4ULL << 40U;
constexpr int days_of_enrolment = 14;

// Exponentially distributed, of this mean.
seconds waiting_time(RandomStream& random, seconds mean) {
    return seconds(
        static_cast<std::int64_t>(-std::log(random.next_uniform()) * static_cast<double>(mean.count())));
}

seconds uniform_time(RandomStream& random, seconds most) {
    return seconds(
        static_cast<std::int64_t>(random.next_below(static_cast<std::uint64_t>(most.count()) + 1)));
}

}  // namespace

Crowd::Crowd(const CrowdPlan& plan, const Protocol& protocol)
    : plan_(plan), protocol_(protocol), ids_(plan.seed, for_commands) {
    const bool is_only_arm = protocol.drawn_arms().size() < 2;
    lives_.reserve(plan.people);
    for (std::size_t number = 0; number < plan.people; ++number) {
        Life life{SimulatedParticipant(plan.seed, number, plan.truth)};
        life.training.is_only_arm = is_only_arm;
        life.training.days = 7 * protocol.course->weeks;
        numbers_.emplace(life.who.id(), number);
        lives_.push_back(std::move(life));
        // On some day of the two weeks, between eight and twenty-two.
        RandomStream& random = lives_.back().who.behaviour();
        const Instant day = plan.start + days(random.next_below(days_of_enrolment));
        const Instant at = day + uniform_time(random, hours(14));
        schedule(at, Deed::enrol, number);
        plan_life(number, at);
    }
    schedule(plan.start + days(days_of_enrolment + 7), Deed::close_enrolment, 0);
}

const Crowd::Life* Crowd::find(const Id& id) const {
    const auto found = numbers_.find(id);
    return found == numbers_.end() ? nullptr : &lives_[found->second];
}

std::optional<Instant> Crowd::next() const {
    return agenda_.empty() ? std::nullopt : std::optional<Instant>(agenda_.top().at);
}

void Crowd::schedule(Instant at, Deed deed, std::size_t person, std::uint32_t prompt) {
    agenda_.push({at, order_++, deed, person, prompt});
}

// What will come between somebody and the programme.
void Crowd::plan_life(std::size_t person, Instant enrolled) {
    RandomStream& random = lives_[person].who.behaviour();
    const auto happens_to = [&](double probability) { return random.next_uniform() < probability; };
    const auto some_day = [&](int first, int last) {
        return enrolled + days(first) + uniform_time(random, days(last - first));
    };
    const int last_day = 7 * (protocol_.course->weeks_before + protocol_.course->weeks);
    for (int week = 1; week <= last_day / 7; ++week) {
        const double depressed = std::max(0.0, lives_[person].who.expected_depression(0, {}));
        if (happens_to(plan_.truth.drops_out_a_week * (1 + depressed))) {
            const Instant at = some_day(7 * week, 7 * week + 7);
            schedule(at, Deed::drop_out, person);
            if (happens_to(0.4)) {
                schedule(at + hours(1), Deed::withdraw, person);
                if (happens_to(0.25)) {
                    schedule(at + days(10), Deed::come_back, person);
                }
            }
            break;
        }
    }
    if (happens_to(0.01)) {
        schedule(some_day(3, last_day), Deed::erase, person);
    }
    if (happens_to(0.06)) {
        const Instant at = some_day(3, last_day);
        schedule(at, Deed::pause, person);
        if (happens_to(0.5)) {
            schedule(at + days(2), Deed::resume, person);
        }
    }
    if (happens_to(0.03)) {
        schedule(some_day(3, last_day), Deed::incident, person);
    }
    if (happens_to(0.03)) {
        schedule(some_day(3, last_day), Deed::move, person);
    }
    if (happens_to(0.04)) {
        const Instant at = some_day(1, last_day);
        schedule(at, Deed::stop_messages, person);
        if (happens_to(0.5)) {
            schedule(at + days(9), Deed::resume_messages, person);
        }
    }
    if (happens_to(0.02)) {
        schedule(some_day(1, last_day), Deed::ask_for_help, person);
    }
    if (happens_to(0.01)) {
        schedule(some_day(15, last_day), Deed::report_harm, person);
    }
    if (happens_to(0.01)) {
        schedule(some_day(15, last_day), Deed::choose_arm, person);
    }
    if (happens_to(0.03)) {
        schedule(some_day(36, last_day), Deed::choose_step, person);
    }
}

// Whether and when somebody who knows of a prompt answers it.
void Crowd::notice(std::size_t person, std::uint32_t prompt, Instant now, double probability) {
    Life& life = lives_[person];
    RandomStream& random = life.who.behaviour();
    if (life.has_dropped_out || random.next_uniform() >= probability) {
        return;
    }
    const auto window = life.windows.find(prompt);
    if (window == life.windows.end()) {
        return;
    }
    const seconds open = window->second.expires - now;
    const Instant at = now + minutes(1) + waiting_time(random, std::min<seconds>(hours(6), open / 4));
    schedule(at, random.next_uniform() < 0.01 ? Deed::refuse : Deed::answer, person, prompt);
    if (plan_.has_two_windows && random.next_uniform() < 0.05) {
        schedule(at + uniform_time(random, seconds(30)), Deed::answer_again, person, prompt);
    }
}

void Crowd::begin_training(Life& life, std::size_t person, const PersonAllocated& allocated, Instant now) {
    const auto drawn = protocol_.drawn_arms();
    life.training.is_second_arm = drawn.size() > 1 && allocated.arm == drawn[1]->id;
    const int wait = allocated.is_delayed ? 7 * protocol_.delayed_start->weeks : 0;
    const int today =
        static_cast<int>((now - Instant(seconds((*life.day_zero).time_since_epoch()))) / hours(24));
    life.training.begins_on = std::max(0, today) + wait;
    schedule(now + days(wait), Deed::plan_practice, person);
}

// The practices of the next seven days.
void Crowd::plan_practice(Life& life, std::size_t person, Instant now) {
    RandomStream& random = life.who.behaviour();
    for (int day = 0; day < protocol_.course->practice.days_a_week; ++day) {
        if (random.next_uniform() < life.who.practises()) {
            schedule(now + days(day) + uniform_time(random, hours(20)), Deed::practise, person);
        }
    }
    schedule(now + days(7), Deed::plan_practice, person);
}

void Crowd::see(const Event& event, Instant now, bool are_told) {
    if (const auto* paused = std::get_if<ArmPaused>(&event.payload)) {
        paused_arms_.push_back(paused->arm);
        schedule(now + days(3), Deed::resume_arm, 0);
        return;
    }
    const std::optional<Id> subject = subject_of(event);
    if (!subject) {
        return;
    }
    const std::size_t person = numbers_.at(*subject);
    Life& life = lives_[person];
    RandomStream& random = life.who.behaviour();
    const auto forget = [&](std::uint32_t prompt) { life.windows.erase(prompt); };
    if (std::holds_alternative<PersonEnrolled>(event.payload)) {
        if (random.next_uniform() < 0.97) {
            schedule(now + waiting_time(random, minutes(4)), Deed::consent, person);
        }
    } else if (const auto* zero = std::get_if<DayZeroSet>(&event.payload)) {
        life.day_zero = zero->day_zero;
    } else if (const auto* planned = std::get_if<PromptsPlanned>(&event.payload)) {
        for (const PlannedWindow& window : planned->prompts) {
            life.windows[window.prompt] = window;
        }
    } else if (const auto* replanned = std::get_if<PromptsReplanned>(&event.payload)) {
        for (const PlannedWindow& window : replanned->prompts) {
            life.windows[window.prompt] = window;
        }
    } else if (const auto* opened = std::get_if<PromptOpened>(&event.payload)) {
        // The form at enrolment opens before their eyes; of the others a message tells.
        const bool knows = opened->prompt == 1 || (opened->is_announced && are_told);
        notice(person, opened->prompt, now, life.who.answers() * (knows ? 1 : plan_.truth.notices_alone));
    } else if (const auto* reminded = std::get_if<PromptReminded>(&event.payload)) {
        if (are_told) {
            notice(person, reminded->prompt, now, plan_.truth.answers_when_reminded);
        }
    } else if (const auto* closed = std::get_if<PromptClosed>(&event.payload)) {
        forget(closed->prompt);
    } else if (const auto* answered = std::get_if<PromptAnswered>(&event.payload)) {
        if (const auto window = life.windows.find(answered->prompt); window != life.windows.end()) {
            if (random.next_uniform() < 0.01) {
                life.answered[answered->prompt] = window->second;
                schedule(now + hours(5), Deed::correct, person, answered->prompt);
            }
            forget(answered->prompt);
        }
    } else if (const auto* allocated = std::get_if<PersonAllocated>(&event.payload)) {
        if (life.day_zero) {
            begin_training(life, person, *allocated, now);
        }
    } else if (std::holds_alternative<HumanOffered>(event.payload)) {
        schedule(now + hours(4) + waiting_time(random, hours(10)), Deed::reply, person);
    } else if (std::holds_alternative<PracticePaused>(event.payload)) {
        if (random.next_uniform() < 0.7) {
            schedule(now + days(5), Deed::resume_practice, person);
        }
    } else if (std::holds_alternative<PersonReturned>(event.payload)) {
        life.has_dropped_out = false;
    } else if (std::holds_alternative<PersonErased>(event.payload)) {
        life.is_erased = true;
        life.windows.clear();
    }
}

Answer Crowd::answer(Life& life, const Entry& entry, int copy) const {
    const PlannedWindow& window =
        life.windows.contains(entry.prompt) ? life.windows.at(entry.prompt) : life.answered.at(entry.prompt);
    Answer answer = life.who.answer_to(protocol_, *protocol_.course->find_form(window.form), window.day,
                                       life.training, copy);
    answer.prompt = entry.prompt;
    answer.answered_at = entry.at;
    return answer;
}

std::optional<CommandPayload> Crowd::payload_of(const Entry& entry) {
    Life& life = lives_[entry.person];
    RandomStream& random = life.who.behaviour();
    if (life.is_erased) {
        return std::nullopt;
    }
    switch (entry.deed) {
        case Deed::enrol: return life.who.enrolment();
        case Deed::consent: return GiveConsent{protocol_.course->consent.version, true};
        case Deed::answer:
        case Deed::answer_again:
        case Deed::refuse: {
            const auto window = life.windows.find(entry.prompt);
            if (window == life.windows.end() || entry.at >= window->second.expires + hours(48)) {
                return std::nullopt;
            }
            if (entry.deed == Deed::refuse) {
                Answer refused;
                refused.prompt = entry.prompt;
                refused.answered_at = entry.at;
                refused.is_refused = true;
                return refused;
            }
            return answer(life, entry, entry.deed == Deed::answer_again ? 1 : 0);
        }
        case Deed::correct: {
            Answer corrected = answer(life, entry, 2);
            life.answered.erase(entry.prompt);
            return Correct{entry.prompt, std::move(corrected.instruments), std::move(corrected.questions)};
        }
        case Deed::practise: {
            constexpr std::array lengths = {3, 10, 10, 20};
            return RecordPractice{std::string(canary) + to_text(life.who.id()), PracticeKind::formal,
                                  lengths[random.next_below(lengths.size())], entry.at - minutes(11)};
        }
        case Deed::report_harm:
            return ReportHarm{protocol_.course->harms ? protocol_.course->harms->pause_from : 1};
        case Deed::resume_practice: return ResumePractice{};
        case Deed::pause: return PausePrompts{24 * static_cast<int>(1 + random.next_below(10))};
        case Deed::resume: return ResumePrompts{};
        case Deed::incident:
            return NoteIntercurrent{Intercurrent::critical_incident,
                                    Day(std::chrono::floor<days>(entry.at).time_since_epoch())};
        case Deed::move: {
            Enrol moved = life.who.enrolment();
            return SetProfile{"Pacific/Honolulu", moved.shift, moved.anchor_minute};
        }
        case Deed::stop_messages: return StopMessages{};
        case Deed::resume_messages: return ResumeMessages{};
        case Deed::ask_for_help: return AskForHelp{};
        case Deed::choose_arm:
            return ChooseArm{protocol_.arms[random.next_below(protocol_.arms.size())].id,
                             AllocationKind::chosen};
        case Deed::choose_step: return ChooseNextStep{NextStep::augment};
        case Deed::withdraw: return Withdraw{};
        case Deed::come_back: return Return{};
        case Deed::erase: return Erase{};
        case Deed::reply: return RecordCare{CareState::contacted, random.next_uniform() < 0.9};
        default: return std::nullopt;
    }
}

std::vector<Sent> Crowd::act(Instant now) {
    std::vector<Sent> sent;
    while (!agenda_.empty() && agenda_.top().at <= now) {
        const Entry entry = agenda_.top();
        agenda_.pop();
        Life& life = lives_[entry.person];
        const Id id = id_of(ids_.next(), ids_.next());
        if (entry.deed == Deed::close_enrolment) {
            sent.push_back({{id, std::nullopt, CloseEnrolment{}}});
        } else if (entry.deed == Deed::resume_arm) {
            sent.push_back({{id, std::nullopt, ResumeArm{paused_arms_.front(), "the safety monitor"}}});
            paused_arms_.erase(paused_arms_.begin());
        } else if (entry.deed == Deed::drop_out) {
            life.has_dropped_out = true;
        } else if (entry.deed == Deed::plan_practice) {
            if (++life.practice_weeks <= life.training.days / 7 && !life.has_dropped_out && !life.is_erased) {
                plan_practice(life, entry.person, entry.at);
            }
        } else if (auto payload = payload_of(entry)) {
            sent.push_back({{id, life.who.id(), *std::move(payload)}, entry.deed == Deed::answer_again});
        }
    }
    return sent;
}

}  // namespace groundwork::rehearsal
