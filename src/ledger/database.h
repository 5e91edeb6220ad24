// SQLite, wrapped: one connection, prepared statements, errors as our own. Private to ledger/.
//
// A database is opened for this process alone (locking_mode=EXCLUSIVE) in WAL mode with synchronous=FULL:
// what was committed survives a power cut. The connection is used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/foundation.h"

struct sqlite3;
struct sqlite3_stmt;

namespace groundwork::ledger {

// A prepared statement. Bind from 1, step, read columns from 0, reset.
class Statement {
  public:
    Statement& bind(int place, std::int64_t number);
    Statement& bind(int place, std::string_view blob);  // must live until the statement is reset

    // True where a row came, false at the end.
    Result<bool> step();
    void reset();
    Result<void> run();  // step to the end, then reset

    std::int64_t number(int column) const;
    std::string_view blob(int column) const;  // valid until the next step

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    std::string file_;
};

class Database {
  public:
    // Creates the file where there is none. `vfs`: the name of an SQLite VFS, or empty for the system's.
    // `checkpoint_pages`: from how many pages in the write-ahead log on a commit copies them into the file.
    static Result<Database> open(const std::string& file, const std::string& vfs,
                                 int checkpoint_pages = 1000);

    Result<void> execute(const std::string& sql);
    Result<Statement> prepare(std::string_view sql);

    const std::string& file() const { return file_; }

  private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> database_;
    std::string file_;
};

}  // namespace groundwork::ledger
