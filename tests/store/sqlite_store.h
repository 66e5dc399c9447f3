// Opens a SqliteStore for tests.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "store/contract.h"
#include "store/sqlite/sqlite_store.h"

namespace tocsin::store {

inline jose::SecretBox test_box(char fill = 'k') {
  return jose::SecretBox::with_key(jose::Secret(std::string(jose::secret_box_key_size, fill)))
      .value();
}

struct OpenSqlite final : OpenStore {
  explicit OpenSqlite(std::unique_ptr<SqliteStore> opened) : store(std::move(opened)) {}
  Streams& streams() override { return *store; }
  Subjects& subjects() override { return *store; }
  Outbox& outbox() override { return *store; }
  Inbox& inbox() override { return *store; }
  Ledger& ledger() override { return *store; }
  Notes& notes() override { return *store; }
  OneTimeNames& one_time_names() override { return *store; }
  std::unique_ptr<SqliteStore> store;
};

}  // namespace tocsin::store
