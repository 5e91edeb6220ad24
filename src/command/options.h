// How a subcommand declares what it takes. A thin face of CLI11, which only options.cpp includes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace groundwork::command {

enum class Need { required, optional };

class Options {
  public:
    explicit Options(CLI::App& app) : app_(app) {}

    // A value by position, e.g. positional("FILE", file_, Need::required, "the answers: CSV, XLSX, SAV or
    // DTA").
    void positional(const std::string& name, std::string& target, Need need, const std::string& help);

    // --name VALUE. The target keeps its value when the option is not given.
    void text(const std::string& name, const std::string& placeholder, std::string& target,
              const std::string& help);
    void integer(const std::string& name, const std::string& placeholder, long long& target,
                 const std::string& help);
    void number(const std::string& name, const std::string& placeholder, double& target,
                const std::string& help);
    void flag(const std::string& name, bool& target, const std::string& help);

    // --name VALUE, which may be given several times, one value each time.
    void list(const std::string& name, const std::string& placeholder, std::vector<std::string>& target,
              const std::string& help);

  private:
    CLI::App& app_;
};

}  // namespace groundwork::command
