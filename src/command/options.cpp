// The only file that includes CLI11 (7 s of compile time).
#include "command/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <span>

#include "command/command.h"

namespace groundwork::command {

void Options::positional(const std::string& name, std::string& target, Need need, const std::string& help) {
    app_.add_option(name, target, help)->required(need == Need::required);
}

void Options::text(const std::string& name, const std::string& placeholder, std::string& target,
                   const std::string& help) {
    app_.add_option(name, target, help)->type_name(placeholder);
}

void Options::integer(const std::string& name, const std::string& placeholder, long long& target,
                      const std::string& help) {
    app_.add_option(name, target, help)->type_name(placeholder);
}

void Options::number(const std::string& name, const std::string& placeholder, double& target,
                     const std::string& help) {
    app_.add_option(name, target, help)->type_name(placeholder);
}

void Options::flag(const std::string& name, bool& target, const std::string& help) {
    app_.add_flag(name, target, help);
}

void Options::list(const std::string& name, const std::string& placeholder, std::vector<std::string>& target,
                   const std::string& help) {
    app_.add_option(name, target, help)->type_name(placeholder)->expected(1)->take_all();
}

namespace {

constexpr const char* about =
    "Groundwork: a meditation and compassion programme that starts where each person is, and says from "
    "outcomes\n"
    "whom it helped. Education and programme evaluation. Not for diagnosis, treatment, triage or fitness for "
    "duty.";

int exit_status(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::unacceptable: return 1;
        case ErrorKind::usage: return 2;
        case ErrorKind::outside: return 3;
    }
    ENSURE(false);
    return 3;
}

int report(const Error& error) {
    std::cerr << "groundwork: " << error.describe() << '\n';
    return exit_status(error.kind());
}

int run(Command& command, OutputForm form) {
    Console console(std::cout, std::cerr);
    console.set_form(form);
    const Result<void> result = command.run(console);
    if (!result) {
        return report(result.error());
    }
    std::cout.flush();
    if (!std::cout) {
        return report(outside_failure("cannot write to standard output"));
    }
    return 0;
}

}  // namespace

int run_program(int argument_count, const char* const* arguments) {
    const std::string version = std::string("groundwork ") + GROUNDWORK_VERSION;
    if (argument_count == 2 && std::string_view(arguments[1]) == "--version") {
        std::cout << version << '\n';  // at once: nothing else needs to be built up
        return 0;
    }
    CLI::App app(about, "groundwork");
    app.require_subcommand(1);
    app.set_help_all_flag("--help-all", "The whole manual");
    app.set_version_flag("--version", version);
    app.footer(
        "Every command: --help teaches with an example, --json prints one JSON document.\n"
        "Exit status: 0 done; 1 the data or the file is not acceptable; 2 the command line is wrong;\n"
        "3 something outside failed.");

    // The options of commands that are not asked for would take longer to declare than to start.
    const std::span<const char* const> given(arguments, static_cast<std::size_t>(argument_count));
    const auto is_given = [&](const std::string& word) {
        return std::ranges::find(given, word) != given.end();
    };
    const auto commands = all_commands();
    bool wants_json = false;
    std::vector<CLI::App*> faces;
    for (const auto& command : commands) {
        CLI::App* face = app.add_subcommand(command->name(), command->summary());
        face->footer(command->manual());
        if (is_given(command->name()) || is_given("--help-all")) {
            Options options(*face);
            command->declare(options);
        }
        face->add_flag("--json", wants_json, "Print one JSON document on standard output and nothing else");
        faces.push_back(face);
    }
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ParseError& error) {
        constexpr int command_line_wrong = 2;
        return app.exit(error) == 0 ? 0 : command_line_wrong;
    }
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (faces[i]->parsed()) {
            return run(*commands[i], wants_json ? OutputForm::json : OutputForm::for_people);
        }
    }
    ENSURE(false);
    return 2;
}

}  // namespace groundwork::command
