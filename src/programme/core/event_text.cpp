#include "programme/core/event_text.h"

#include <array>

#include "foundation/hash.h"
#include "programme/core/described.h"
#include "programme/core/json_form.h"

namespace groundwork::programme {

namespace json_form {

void write_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char each : text) {
        switch (each) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(each) < 0x20) {
                    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(each));
                } else {
                    out += each;
                }
        }
    }
    out += '"';
}

Error trouble(std::string wanted, const json::value& found) {
    constexpr std::size_t shown_max = 80;
    return unacceptable("is not " + wanted).value(json::serialize(found).substr(0, shown_max));
}

}  // namespace json_form

namespace {

// The types' names, in the order of Payload's alternatives.
#define GROUNDWORK_EVENT(type) std::string_view(#type)
constexpr std::array type_names = {
    GROUNDWORK_EVENT(CohortLaunched),    GROUNDWORK_EVENT(ProtocolAmended),
    GROUNDWORK_EVENT(PersonEnrolled),    GROUNDWORK_EVENT(PersonAllocated),
    GROUNDWORK_EVENT(PersonReallocated), GROUNDWORK_EVENT(ImpairingHarmCounted),
    GROUNDWORK_EVENT(ArmPaused),         GROUNDWORK_EVENT(ArmResumed),
    GROUNDWORK_EVENT(EnrolmentClosed),   GROUNDWORK_EVENT(CohortClosed),
    GROUNDWORK_EVENT(PersonErased),      GROUNDWORK_EVENT(ProfileSet),
    GROUNDWORK_EVENT(ConsentGiven),      GROUNDWORK_EVENT(ProtocolApplied),
    GROUNDWORK_EVENT(ConsentAskedAgain), GROUNDWORK_EVENT(DayZeroSet),
    GROUNDWORK_EVENT(PromptsPlanned),    GROUNDWORK_EVENT(PromptsReplanned),
    GROUNDWORK_EVENT(PromptOpened),      GROUNDWORK_EVENT(PromptReminded),
    GROUNDWORK_EVENT(PromptClosed),      GROUNDWORK_EVENT(PromptAnswered),
    GROUNDWORK_EVENT(AnswerCorrected),   GROUNDWORK_EVENT(SafetyAssessed),
    GROUNDWORK_EVENT(AllocationAwaited), GROUNDWORK_EVENT(AllocationExplained),
    GROUNDWORK_EVENT(PracticeRecorded),  GROUNDWORK_EVENT(HarmReported),
    GROUNDWORK_EVENT(PracticePaused),    GROUNDWORK_EVENT(PracticeResumed),
    GROUNDWORK_EVENT(MiddleJudged),      GROUNDWORK_EVENT(Reassessed),
    GROUNDWORK_EVENT(HumanOffered),      GROUNDWORK_EVENT(CareRecorded),
    GROUNDWORK_EVENT(IntercurrentNoted), GROUNDWORK_EVENT(PromptsPaused),
    GROUNDWORK_EVENT(PromptsResumed),    GROUNDWORK_EVENT(MessagesStopped),
    GROUNDWORK_EVENT(MessagesResumed),   GROUNDWORK_EVENT(PersonWithdrew),
    GROUNDWORK_EVENT(PersonReturned),    GROUNDWORK_EVENT(CourseFinished)};
#undef GROUNDWORK_EVENT
static_assert(type_names.size() == std::variant_size_v<Payload>);

// The payload of the alternative with this name.
Result<Payload> read_payload(std::string_view type, const json::object& object, std::size_t& used) {
    std::optional<Result<Payload>> payload;
    boost::mp11::mp_for_each<boost::mp11::mp_iota_c<std::variant_size_v<Payload>>>([&](auto index) {
        if (type_names[index] == type) {
            using Type = std::variant_alternative_t<index, Payload>;
            Result<Type> read = json_form::read_members<Type>(object, used);
            payload =
                read ? Result<Payload>(*std::move(read)) : Result<Payload>(fail(std::move(read).error()));
        }
    });
    if (!payload) {
        return fail(unacceptable("is not a kind of event that is known").value(std::string(type)));
    }
    return *std::move(payload);
}

}  // namespace

bool belongs_to_cohort(const Payload& payload) { return payload.index() <= Payload(PersonErased{}).index(); }

std::string_view type_name(const Payload& payload) { return type_names[payload.index()]; }

std::string write_event(const Event& event) {
    std::string out = fmt::format("{{\"v\":{},\"type\":\"{}\",\"at\":\"{}\"", event_version,
                                  type_name(event.payload), to_text(event.at));
    if (event.person) {
        out += fmt::format(",\"of\":\"{}\"", to_text(*event.person));
    }
    if (event.command) {
        out += fmt::format(",\"command\":\"{}\",\"digest\":\"{}\"", to_text(event.command->id),
                           to_text(event.command->digest));
    }
    bool is_first = false;
    std::visit([&](const auto& payload) { json_form::write_members(out, payload, is_first); }, event.payload);
    out += '}';
    return out;
}

Result<Event> read_event(std::string_view text) {
    // Most events fit into the buffer: reading a ledger is mostly this.
    constexpr std::size_t usual_size = 8192;
    std::array<unsigned char, usual_size> buffer;
    json::monotonic_resource memory(buffer.data(), buffer.size());
    json::error_code trouble;
    const json::value document = json::parse(json::string_view(text.data(), text.size()), trouble, &memory);
    if (trouble) {
        return fail(unacceptable("is not JSON").at("event"));
    }
    const json::object* object = document.if_object();
    if (object == nullptr) {
        return fail(json_form::trouble("an event", document));
    }
    const auto member = [&]<class T>(std::type_identity<T>, std::string_view key) -> Result<T> {
        const json::value* value = object->if_contains(key);
        if (value == nullptr) {
            return fail(unacceptable(fmt::format("the event has no \"{}\"", key)));
        }
        return json_form::read<T>(*value);
    };
    constexpr std::type_identity<Id> an_id;
    const int version = TRY(member(std::type_identity<int>{}, "v"));
    if (version != event_version) {
        return fail(unacceptable("is a version of events that this program does not know")
                        .value(std::to_string(version))
                        .remedy("A newer program wrote it: use that one."));
    }
    Event event;
    std::size_t used = 3;
    const std::string type = TRY(member(std::type_identity<std::string>{}, "type"));
    event.at = TRY(member(std::type_identity<Instant>{}, "at"));
    if (object->contains("of")) {
        event.person = TRY(member(an_id, "of"));
        ++used;
    }
    if (object->contains("command")) {
        CommandMark mark;
        mark.id = TRY(member(an_id, "command"));
        mark.digest = TRY(member(an_id, "digest"));
        event.command = mark;
        used += 2;
    }
    event.payload = TRY(read_payload(type, *object, used));
    if (used != object->size()) {
        return fail(unacceptable("holds a name that is not known").value(type));
    }
    // Nothing beside what was read: no name twice, no number that only rounds to this one.
    if (write_event(event) != text) {
        return fail(unacceptable("is not written as events are").value(type));
    }
    return event;
}

Id digest_of(std::string_view text) { return *parse_id(content_hash(text).substr(0, 32)); }

}  // namespace groundwork::programme
