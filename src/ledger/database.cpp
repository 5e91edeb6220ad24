// With simulated_disk.cpp the only file that includes the database's header.
#include "ledger/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace groundwork::ledger {

namespace {

Error trouble(sqlite3* database, const std::string& file) {
    const int code = database == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(database);
    const std::string said = database == nullptr ? "out of memory" : sqlite3_errmsg(database);
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return outside_failure("is in use by another process")
                .at(file)
                .remedy("Stop it, or talk to it: one process works on a data directory at a time.");
        case SQLITE_FULL:
            return outside_failure("could not be written: the disk is full")
                .at(file)
                .remedy("Free some space; nothing that was acknowledged is lost.");
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return outside_failure(fmt::format("is damaged ({})", said))
                .at(file)
                .remedy("Restore the last backup; `groundwork verify` says how far the chain still holds.");
        case SQLITE_IOERR:
            return outside_failure(fmt::format("could not be read or written ({}, code {})", said, code))
                .at(file);
        case SQLITE_CANTOPEN: return outside_failure("could not be opened").at(file);
        case SQLITE_READONLY: return outside_failure("cannot be written to").at(file);
        default: return outside_failure(fmt::format("failed: {} (code {})", said, code)).at(file);
    }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
// Refused, and the file in use for ever, where a statement outlived its database.
void Database::Close::operator()(sqlite3* database) const { ENSURE(sqlite3_close(database) == SQLITE_OK); }

Statement& Statement::bind(int place, std::int64_t number) {
    ENSURE(sqlite3_bind_int64(statement_.get(), place, number) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int place, std::string_view blob) {
    // A null pointer would be stored as NULL.
    const char* data = blob.empty() ? "" : blob.data();
    ENSURE(sqlite3_bind_blob64(statement_.get(), place, data, blob.size(), SQLITE_STATIC) == SQLITE_OK);
    return *this;
}

Result<bool> Statement::step() {
    const int outcome = sqlite3_step(statement_.get());
    if (outcome == SQLITE_ROW) {
        return true;
    }
    if (outcome == SQLITE_DONE) {
        return false;
    }
    Error error = trouble(sqlite3_db_handle(statement_.get()), file_);
    reset();
    return fail(std::move(error));
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

Result<void> Statement::run() {
    while (TRY(step())) {
    }
    reset();
    return {};
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

Result<Database> Database::open(const std::string& file, const std::string& vfs, int checkpoint_pages) {
    Database opened;
    opened.file_ = file;
    sqlite3* raw = nullptr;
    const int outcome =
        sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        vfs.empty() ? nullptr : vfs.c_str());
    opened.database_.reset(raw);
    if (outcome != SQLITE_OK) {
        return fail(trouble(raw, file));
    }
    // Exclusive before WAL: then no shared memory is needed, and other processes are kept out.
    // Pages of 8 KiB hold all but the longest events whole; those of 4 KiB gave one in sixteen pages of its
    // own.
    TRY_DO(opened.execute("PRAGMA page_size=8192; PRAGMA locking_mode=EXCLUSIVE;"));
    Statement mode = TRY(opened.prepare("PRAGMA journal_mode=WAL"));
    if (!TRY(mode.step()) || mode.blob(0) != "wal") {
        return fail(outside_failure("could not be given a write-ahead log").at(file));
    }
    TRY_DO(mode.run());  // a write that failed is told after the answer
    TRY_DO(
        opened.execute(fmt::format("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint={};"
                                   "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;",
                                   checkpoint_pages)));
    return opened;
}

Result<void> Database::execute(const std::string& sql) {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(trouble(database_.get(), file_));
    }
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
        return fail(trouble(database_.get(), file_));
    }
    Statement statement;
    statement.statement_.reset(raw);
    statement.file_ = file_;
    return statement;
}

}  // namespace groundwork::ledger
