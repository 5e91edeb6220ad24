#include "rehearsal/simulated_server.h"

namespace groundwork::rehearsal {

namespace {
enum : std::uint64_t { for_draws = 5ULL << 40U, for_power = 6ULL << 40U };
}

SimulatedServer::SimulatedServer(std::uint64_t seed)
    : bytes_(seed), chance_(seed, for_draws), power_(seed, for_power) {
    bytes_.fill(key_);
}

SimulatedServer::~SimulatedServer() { stop(); }

Result<void> SimulatedServer::open_ledger() {
    ledger::LedgerFiles files;
    files.ledger = "ledger.db";
    files.keys = "keys.db";
    files.vfs = disk_.vfs();
    files.snapshots = "snapshots.db";
    ledger_ = TRY(ledger::Ledger::open(files, key_, bytes_));
    return {};
}

Result<void> SimulatedServer::start() {
    TRY_DO(open_ledger());
    keeper_ = TRY(keeper::Keeper::open(*ledger_, chance_));
    return {};
}

void SimulatedServer::stop() {
    keeper_.reset();
    ledger_.reset();
}

Result<void> SimulatedServer::recover() {
    stop();
    disk_.restore_power(power_);
    return start();
}

}  // namespace groundwork::rehearsal
