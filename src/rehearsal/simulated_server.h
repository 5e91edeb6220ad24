// The server of a rehearsal: the real keeper and ledger on a simulated disk, which can lose its power.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "keeper/keeper.h"
#include "ledger/ledger.h"

namespace groundwork::rehearsal {

class SimulatedServer {
  public:
    explicit SimulatedServer(std::uint64_t seed);
    ~SimulatedServer();
    SimulatedServer(const SimulatedServer&) = delete;
    SimulatedServer& operator=(const SimulatedServer&) = delete;

    // Opens what the disk holds.
    Result<void> start();
    Result<void> open_ledger();  // without a keeper
    void stop();

    // After a loss of power: the disk comes back with what reached it, and the server opens it.
    Result<void> recover();

    keeper::Keeper& keeper() { return *keeper_; }
    ledger::Ledger& ledger() { return *ledger_; }
    ledger::SimulatedDisk& disk() { return disk_; }
    const ledger::Key& programme_key() const { return key_; }

  private:
    ledger::SimulatedDisk disk_;
    ledger::SeededBytes bytes_;
    programme::SeededChance chance_;
    RandomStream power_;
    ledger::Key key_{};
    std::unique_ptr<ledger::Ledger> ledger_;
    std::unique_ptr<keeper::Keeper> keeper_;
};

}  // namespace groundwork::rehearsal
