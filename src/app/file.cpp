#include "app/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/try.h"

namespace tocsin::app {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const noexcept { return value_; }

  // False if the kernel has bad news it kept until now.
  bool close() noexcept { return ::close(std::exchange(value_, -1)) == 0; }

 private:
  int value_;
};

// Reads errno: call it first.
Error trouble(std::string_view path) {
  const std::string reason = std::generic_category().message(errno);
  return {Errc::file_unreadable, std::string(path) + ": " + reason};
}

Result<Descriptor> open_to_read(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return trouble(path);
  return file;
}

Result<void> judge_secrecy(const Descriptor& file, const std::string& path) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return trouble(path);
  if (!S_ISREG(status.st_mode)) {
    return Error(Errc::file_mode, path + ": not a regular file");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return Error(Errc::file_mode, path + ": owned by another user");
  }
  const unsigned mode = status.st_mode & 07777U;
  if ((mode & 077U) != 0) {
    const std::string octal{'0', static_cast<char>('0' + (mode >> 6 & 7U)),
                            static_cast<char>('0' + (mode >> 3 & 7U)),
                            static_cast<char>('0' + (mode & 7U))};
    return Error(Errc::file_mode, path + ": mode is " + octal + "; run chmod 600");
  }
  return {};
}

Result<void> write_all(Descriptor& file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return trouble(path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0 || !file.close()) return trouble(path);
  return {};
}

// The new name is on disk only once its folder is.
Result<void> sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  TOCSIN_TRY(const Descriptor descriptor, open_to_read(folder));
  if (::fsync(descriptor.get()) != 0) return trouble(folder);
  return {};
}

}  // namespace

Result<std::string> read_all(int descriptor, std::string_view name, std::size_t octets_max) {
  constexpr std::size_t step = 64 * 1024;
  std::string content;
  while (true) {
    const std::size_t size = content.size();
    content.resize(size + step);
    const ssize_t got = ::read(descriptor, content.data() + size, step);
    content.resize(size + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(name);
    if (got == 0) return content;
    if (content.size() > octets_max) {
      return Error(Errc::file_unreadable,
                   std::string(name) + ": larger than " + std::to_string(octets_max) + " bytes");
    }
  }
}

Result<std::string> read_file(const std::string& path, std::size_t octets_max) {
  TOCSIN_TRY(const Descriptor file, open_to_read(path));
  return read_all(file.get(), path, octets_max);
}

Result<std::string> read_secret_file(const std::string& path, std::size_t octets_max) {
  TOCSIN_TRY(const Descriptor file, open_to_read(path));
  TOCSIN_CHECK(judge_secrecy(file, path));
  return read_all(file.get(), path, octets_max);
}

Result<void> create_secret_file(const std::string& path, std::string_view content) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) return trouble(path);
  auto written = write_all(file, content, path);
  if (written) written = sync_folder_of(path);
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<void> replace_secret_file(const std::string& path, std::string_view content) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  TOCSIN_CHECK(create_secret_file(fresh, content));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return trouble(path);
  return sync_folder_of(path);
}

}  // namespace tocsin::app
