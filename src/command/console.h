// Where a subcommand's words go.
#pragma once

#include <iosfwd>
#include <string_view>

#include "foundation/json.h"

namespace groundwork::command {

enum class OutputForm { for_people, json };

class Console {
  public:
    Console(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}

    // --json was given: print exactly one document with print_json and nothing to out().
    bool wants_json() const { return form_ == OutputForm::json; }
    void set_form(OutputForm form) { form_ = form; }

    std::ostream& out() { return out_; }
    void print_json(const json::value& document);

    // A remark for the person at the terminal, on standard error.
    void note(std::string_view words);

  private:
    std::ostream& out_;
    std::ostream& err_;
    OutputForm form_ = OutputForm::for_people;
};

}  // namespace groundwork::command
