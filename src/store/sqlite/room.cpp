#include "store/sqlite/room.h"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <limits>

#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

constexpr std::int64_t watermark = 85;  // of a hundred

// What any file of this process may grow to.
std::int64_t file_size_max() {
  rlimit limit{};
  constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unbounded;
  return static_cast<std::int64_t>(std::min(limit.rlim_cur, static_cast<rlim_t>(unbounded)));
}

Result<void> check_size(Database& database) {
  TOCSIN_TRY(const auto page_size, database.number("PRAGMA page_size"));
  TOCSIN_TRY(const auto pages_max, database.number("PRAGMA max_page_count"));
  TOCSIN_TRY(const auto pages, database.number("PRAGMA page_count"));
  TOCSIN_TRY(const auto free, database.number("PRAGMA freelist_count"));
  const std::int64_t bound =
      std::min(pages_max.value_or(0), file_size_max() / page_size.value_or(4096));
  const std::int64_t used = pages.value_or(0) - free.value_or(0);
  if (used > bound / 100 * watermark + bound % 100 * watermark / 100) {
    return Error(Errc::store_full, "the store fills 85 % of what it may fill");
  }
  return {};
}

// A disk that does not say is taken to have room: a write will tell.
Result<void> check_disk(const RoomLimits& limits) {
  struct statvfs disk{};
  if (::statvfs(limits.path.c_str(), &disk) != 0 || disk.f_frsize == 0) return {};
  if (disk.f_bavail <= static_cast<std::uint64_t>(limits.free_min) / disk.f_frsize) {
    return Error(Errc::store_full, "the disk of the store is full but for its reserve");
  }
  return {};
}

}  // namespace

Result<void> check_room(Database& database, const RoomLimits& limits) {
  TOCSIN_CHECK(check_size(database));
  return check_disk(limits);
}

}  // namespace tocsin::store::sqlite
