#include "sink/ndjson_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/try.h"

namespace tocsin::sink {
namespace {

Error failure(Errc code, const std::string& path) {
  return {code, path + ": " + std::generic_category().message(errno)};
}

}  // namespace

// For one thread at a time.
class NdjsonSink::File {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }

  Result<void> open() {
    if (path_ == "-") {
      descriptor_ = STDOUT_FILENO;
      return {};
    }
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return failure(Errc::file_unreadable, path_);
    return {};
  }

  // A line that was cut by a full disk or a crash is ended before the next begins.
  Result<void> append(const std::string& lines) {
    TOCSIN_CHECK(reopen());
    if (is_cut_) TOCSIN_CHECK(write("\n"));
    is_cut_ = true;
    TOCSIN_CHECK(write(lines));
    is_cut_ = false;
    if (path_ != "-" && ::fdatasync(descriptor_) != 0) {
      return failure(Errc::store_unavailable, path_);
    }
    return {};
  }

 private:
  void close() {
    if (path_ != "-" && descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

  // Whoever rotates moves the file away: what has its name now is another one, or none.
  Result<void> reopen() {
    if (path_ == "-") return {};
    struct stat ours{};
    struct stat named{};
    const bool is_same = descriptor_ >= 0 && ::fstat(descriptor_, &ours) == 0 &&
                         ::stat(path_.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
                         ours.st_dev == named.st_dev;
    if (is_same) return {};
    close();
    is_cut_ = false;
    Result<void> opened = open();
    if (!opened) return Error(Errc::store_unavailable, opened.error().detail);
    return {};
  }

  Result<void> write(std::string_view octets) {
    while (!octets.empty()) {
      const ssize_t count = ::write(descriptor_, octets.data(), octets.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failure(Errc::store_unavailable, path_);
      octets.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  const std::string path_;
  int descriptor_ = -1;
  bool is_cut_ = false;
};

NdjsonSink::NdjsonSink(std::unique_ptr<File> file, loop::Workers& workers)
    : file_(std::move(file)), workers_(workers) {}
NdjsonSink::~NdjsonSink() = default;

Result<std::unique_ptr<NdjsonSink>> NdjsonSink::open(std::string path, loop::Workers& workers) {
  auto file = std::make_unique<File>(std::move(path));
  TOCSIN_CHECK(file->open());
  return std::unique_ptr<NdjsonSink>(new NdjsonSink(std::move(file), workers));
}

Task<std::vector<Result<void>>> NdjsonSink::take(const std::vector<const SinkEvent*>& events) {
  std::string lines;
  for (const SinkEvent* event : events) {
    lines += to_text(to_json(*event));
    lines += '\n';
  }
  const Result<void> written = co_await loop::off_loop(
      workers_, [this, lines = std::move(lines)] { return file_->append(lines); });
  co_return std::vector<Result<void>>(events.size(), written);
}

}  // namespace tocsin::sink
