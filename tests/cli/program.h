// Runs the program as a user does, and keeps what it said.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace tocsin::test {

struct Answer {
  int exit = -1;
  std::string out;
  std::string err;
};

struct Call {
  std::string input = {};                               // stdin
  std::map<std::string, std::string> environment = {};  // on top of ours
  bool on_terminal = false;  // stdout and stderr are one; all comes as `out`
};

// A folder to work in, with the program on the PATH.
class Workplace {
 public:
  Answer tocsin(std::vector<std::string> arguments, const Call& call = {}) const;

  // A line of shell, as somebody pastes it.
  Answer shell(const std::string& line, const Call& call = {}) const;

  const TemporaryFolder& folder() const noexcept { return folder_; }

 private:
  Answer run(const std::string& program, std::vector<std::string> arguments,
             const Call& call) const;

  TemporaryFolder folder_;
  TemporaryFolder streams_;
};

}  // namespace tocsin::test
