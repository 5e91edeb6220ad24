// The people of a rehearsal and those who look after them: what they do when. They see of the programme what
// people see of it (what opened, what they were told), and answer with commands.
#pragma once

#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "rehearsal/simulated_participant.h"

namespace groundwork::rehearsal {

// A command on its way, as a device made it.
struct Sent {
    programme::Command command;
    bool is_second_window = false;  // the same prompt, answered again elsewhere
};

struct CrowdPlan {
    std::size_t people = 0;
    std::uint64_t seed = 1;
    Instant start;
    ProgrammeTruth truth;
    bool has_two_windows = false;  // Fault::tabs
};

class Crowd {
  public:
    Crowd(const CrowdPlan& plan, const programme::Protocol& protocol);

    // When somebody does something next.
    std::optional<Instant> next() const;

    // What is done by now, in order.
    std::vector<Sent> act(Instant now);

    // People learn what happened; `are_told`: whether messages arrive at present.
    void see(const programme::Event& event, Instant now, bool are_told);

    // Everyone, by number from 0, and the training that each had.
    struct Life {
        SimulatedParticipant who;
        Training training{};
        std::optional<Day> day_zero{};
        int practice_weeks = 0;  // planned so far
        bool has_dropped_out = false, is_erased = false;
        std::map<std::uint32_t, programme::PlannedWindow> windows{};   // that can still be answered
        std::map<std::uint32_t, programme::PlannedWindow> answered{};  // the latest, to correct
    };
    const std::vector<Life>& lives() const { return lives_; }
    const Life* find(const Id& id) const;

  private:
    enum class Deed {
        enrol,
        consent,
        answer,
        answer_again,
        refuse,
        correct,
        practise,
        plan_practice,
        report_harm,
        resume_practice,
        pause,
        resume,
        incident,
        move,
        stop_messages,
        resume_messages,
        ask_for_help,
        choose_arm,
        choose_step,
        drop_out,
        withdraw,
        come_back,
        erase,
        reply,       // by staff
        resume_arm,  // by the safety monitor
        close_enrolment,
    };
    struct Entry {
        Instant at;
        std::uint64_t order;
        Deed deed;
        std::size_t person;
        std::uint32_t prompt;
        bool operator>(const Entry& other) const {
            return std::tie(at, order) > std::tie(other.at, other.order);
        }
    };

    void schedule(Instant at, Deed deed, std::size_t person, std::uint32_t prompt = 0);
    void plan_life(std::size_t person, Instant enrolled);
    void notice(std::size_t person, std::uint32_t prompt, Instant now, double probability);
    void begin_training(Life& life, std::size_t person, const programme::PersonAllocated& allocated,
                        Instant now);
    std::optional<programme::CommandPayload> payload_of(const Entry& entry);
    programme::Answer answer(Life& life, const Entry& entry, int copy) const;
    void plan_practice(Life& life, std::size_t person, Instant now);

    CrowdPlan plan_;
    const programme::Protocol& protocol_;
    std::vector<Life> lives_;
    std::unordered_map<Id, std::size_t> numbers_;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> agenda_;
    std::uint64_t order_ = 0;
    RandomStream ids_;
    std::vector<std::string> paused_arms_;
};

}  // namespace groundwork::rehearsal
