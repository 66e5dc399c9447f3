// One process per store.
#pragma once

#include <memory>
#include <string>

#include "tocsin/result.h"

namespace tocsin::store::sqlite {

// Holds the lock until destroyed; the kernel lets go of it if the process dies. The file stays.
class LockFile {
 public:
  // store_unavailable: another process holds it.
  static Result<std::unique_ptr<LockFile>> take(const std::string& path);

  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

}  // namespace tocsin::store::sqlite
