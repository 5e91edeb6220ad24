#include "programme/protocol.h"

#include <fmt/format.h>

#include <algorithm>

#include "content/content.h"
#include "instrument/instrument.h"
#include "programme/protocol_check.h"

namespace groundwork::programme {

bool Stratum::holds(Points score) const {
    return (!at_least || score >= *at_least) && (!above || score > *above) &&
           (!at_most || score <= *at_most) && (!below || score < *below);
}

std::vector<const Arm*> Protocol::drawn_arms() const {
    std::vector<const Arm*> drawn;
    for (const Arm& arm : arms) {
        if (arm.entered_by == EnteredBy::draw) {
            drawn.push_back(&arm);
        }
    }
    return drawn;
}

const Screen* Protocol::find_screen(std::string_view instrument) const {
    const auto found = std::ranges::find(safety.screens, instrument, &Screen::instrument);
    return found == safety.screens.end() ? nullptr : &*found;
}

const Variant* Protocol::find_variant(std::string_view wanted) const {
    const auto found = std::ranges::find(variants, wanted, &Variant::id);
    return found == variants.end() ? nullptr : &*found;
}

std::vector<std::string> instruments_asked(const Protocol& protocol, const Form& form) {
    std::vector<std::string> asked = form.instruments;
    if (!std::holds_alternative<AtEnrolment>(form.timing)) {
        return asked;
    }
    for (const Screen& screen : protocol.safety.screens) {
        const bool is_needed = screen.asked == Asked::always ||
                               (screen.asked == Asked::with_responder && protocol.safety.responder);
        if (is_needed && std::ranges::find(asked, screen.instrument) == asked.end()) {
            asked.push_back(screen.instrument);
        }
    }
    return asked;
}

Result<Protocol> parse_protocol(std::string_view text, std::string_view file) {
    Protocol protocol = TRY(read_protocol(text, file));
    std::optional<Error> trouble;
    for (const instrument::Finding& finding : check_meaning(protocol)) {
        if (finding.severity == instrument::Severity::error) {
            Error error = unacceptable(finding.message).at(std::string(file), finding.where);
            if (trouble) {
                trouble->also(std::move(error));
            } else {
                trouble = std::move(error);
            }
        }
    }
    if (trouble) {
        return fail(std::move(*trouble));
    }
    return protocol;
}

Result<ProtocolSource> find_protocol_source(std::string_view id_or_path) {
    if (id_or_path.find('/') != std::string_view::npos || id_or_path.ends_with(".json")) {
        const std::string path(id_or_path);
        return ProtocolSource{TRY(read_file(path)), path};
    }
    std::vector<std::string> ids;
    for (const content::File& file : content::files_in("protocols")) {
        std::string_view id = file.path.substr(std::string_view("protocols/").size());
        if (!id.ends_with(".json")) {
            continue;
        }
        id.remove_suffix(std::string_view(".json").size());
        if (id == id_or_path) {
            return ProtocolSource{std::string(file.bytes), std::string(file.path)};
        }
        ids.emplace_back(id);
    }
    return fail(usage_error("is not a protocol that ships." + suggestion(id_or_path, ids))
                    .value(std::string(id_or_path))
                    .remedy("A path to a protocol file works too."));
}

Result<Protocol> find_protocol(std::string_view id_or_path) {
    const ProtocolSource source = TRY(find_protocol_source(id_or_path));
    return parse_protocol(source.text, source.name);
}

}  // namespace groundwork::programme
