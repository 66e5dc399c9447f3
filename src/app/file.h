// Whole files in and out, within a limit, and with the care that secrets need (SEC-33).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tocsin/result.h"

namespace tocsin::app {

// The bytes of a file, of a pipe, or of /dev/stdin. file_unreadable if it cannot be read or has
// more than `octets_max` bytes; `detail` names the path and the reason.
Result<std::string> read_file(const std::string& path, std::size_t octets_max);
// As above, from an open descriptor, which stays open; `name` is what errors call it.
Result<std::string> read_all(int descriptor, std::string_view name, std::size_t octets_max);

// As read_file(), but only a regular file of ours (or root's) that nobody else may touch: file_mode
// otherwise. What is judged is the file that is read, not the path.
Result<std::string> read_secret_file(const std::string& path, std::size_t octets_max);

// A new file of mode 0600 that is on disk when this returns. Never touches one that exists.
Result<void> create_secret_file(const std::string& path, std::string_view content);

// The same in place of one that may exist: whatever happens, all of the new content is there or all
// of the old.
Result<void> replace_secret_file(const std::string& path, std::string_view content);

}  // namespace tocsin::app
