// A folder of one test's own, mode 0700, removed with everything in it at the end.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::test {

class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::string& path() const noexcept { return path_; }

  // The path of `name` in this folder; nothing is made.
  std::string file(std::string_view name) const;

  // Makes or replaces the file and returns its path.
  std::string write(std::string_view name, std::string_view content, unsigned mode = 0600) const;

 private:
  std::string path_;
};

}  // namespace tocsin::test
