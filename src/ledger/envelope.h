// How an event is stored: sealed, bound to its place, chained by hash. The byte layout is docs/ledger.md.
//
// In clear stand only the cohort, the sequence, the event's and the key's id, the time to the minute, the
// previous hash and the kind. Everything else, the event's type included, is sealed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/id.h"
#include "ledger/random_bytes.h"

namespace groundwork::ledger {

using Key = std::array<std::uint8_t, 32>;
using Nonce = std::array<std::uint8_t, 24>;
using Hash = std::array<std::uint8_t, 32>;

std::string to_text(const Hash& hash);  // 64 hexadecimal digits

// What an outsider can see of an event besides its place.
enum class Kind : std::uint8_t {
    sealed = 0,
    genesis = 1,        // the first of a cohort; its previous hash is all zeros
    key_destroyed = 2,  // the key named is gone for ever: the person was erased
};

// Version of the envelope; a payload carries its own.
inline constexpr std::uint32_t envelope_version = 1;

// One row of the ledger, as stored.
struct StoredEvent {
    Id cohort;
    std::uint64_t sequence = 0;  // from 1 without a gap
    Id event;
    Id key;                   // that sealed it; of `key_destroyed` the destroyed one (the cohort's sealed it)
    std::int64_t minute = 0;  // of UTC since 1970
    Kind kind = Kind::sealed;
    std::uint32_t version = envelope_version;
    Hash previous{};
    Nonce nonce{};
    std::string sealed;
    Hash hash{};
};

// BLAKE2b-256 of the stored bytes, all columns but the hash itself.
Hash hash_of(const StoredEvent& event);

// Seals `payload` (XChaCha20-Poly1305) under `key` into the event, whose ids and version are bound to it.
void seal(StoredEvent& event, std::string_view payload, const Key& key, RandomBytes& random);

// The payload, or nothing where the key is not the one or a bit was changed.
std::optional<std::string> unseal(const StoredEvent& event, const Key& key);

// The same for anything else that is kept under a key: wrapped keys, snapshots. `context` is bound to it and
// must be the same on opening.
std::string seal_bytes(std::string_view bytes, std::string_view context, const Key& key, RandomBytes& random);
std::optional<std::string> unseal_bytes(std::string_view sealed, std::string_view context, const Key& key);

}  // namespace groundwork::ledger
