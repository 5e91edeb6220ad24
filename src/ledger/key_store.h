// keys.db: the keys of cohorts and people, each wrapped by the programme key. Private to ledger/.
//
// A key that is destroyed is overwritten in the file (secure_delete) and the write-ahead log is emptied, so
// that nothing of it stays on the disk that the database controls. The journal of destroyed keys stays for
// ever: a restored backup of keys is cleaned by it.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "ledger/database.h"
#include "ledger/envelope.h"

namespace groundwork::ledger {

class KeyStore {
  public:
    // Refused where the programme key is not the one that wrapped the keys.
    static Result<KeyStore> open(const std::string& file, const std::string& vfs, const Key& programme_key,
                                 RandomBytes& random);

    // Nothing where there is no such key, or no more.
    Result<std::optional<Key>> find(const Id& id);

    // Makes new keys, durable when it returns.
    Result<void> make(const std::vector<Id>& ids);

    // Destroys a key that may or may not be there, and writes it into the journal.
    Result<void> destroy(const Id& id);

    // Whether the journal says that this key was destroyed.
    Result<bool> is_destroyed(const Id& id);

    // Wraps every key anew under another programme key, all or none.
    Result<void> rotate(const Key& new_programme_key);

  private:
    KeyStore(Database database, const Key& programme_key, RandomBytes& random)
        : database_(std::move(database)), programme_key_(programme_key), random_(&random) {}

    Database database_;
    Key programme_key_;
    RandomBytes* random_;
    std::unordered_map<Id, Key> known_;
};

}  // namespace groundwork::ledger
