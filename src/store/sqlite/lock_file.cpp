#include "store/sqlite/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tocsin::store::sqlite {

Result<std::unique_ptr<LockFile>> LockFile::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return Error(Errc::file_unreadable, path + ": " + std::strerror(errno));
  std::unique_ptr<LockFile> lock(new LockFile(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Error(Errc::store_unavailable, path + ": another process uses this store");
  }
  return lock;
}

LockFile::~LockFile() {
  ::close(descriptor_);
}

}  // namespace tocsin::store::sqlite
