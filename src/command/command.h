// What a subcommand is: its words, its options, and a run() that turns them into output. One file per
// subcommand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command/console.h"
#include "command/options.h"
#include "foundation/foundation.h"

namespace groundwork::command {

class Command {
  public:
    virtual ~Command() = default;

    virtual std::string name() const = 0;     // "score"
    virtual std::string summary() const = 0;  // one line for `groundwork --help`
    virtual std::string manual() const = 0;   // what it does, with an example, for `groundwork score --help`
    virtual void declare(Options& options) = 0;

    // Results go to console.out() or console.print_json(); everything else to console.note().
    virtual Result<void> run(Console& console) = 0;
};

// Every subcommand, in the order of the manual.
std::vector<std::unique_ptr<Command>> all_commands();

// The whole program: parses, runs, prints errors; returns the exit status
// (0 done, 1 data not acceptable, 2 command line wrong, 3 something outside failed).
int run_program(int argument_count, const char* const* arguments);

}  // namespace groundwork::command
