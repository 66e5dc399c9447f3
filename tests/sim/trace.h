// What happened in a run, line by line, and its hash: two runs are the same if their hashes are.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::sim {

class Trace {
 public:
  // "12.345678 network: POST /push/demo to receiver: 202"
  void add(std::chrono::nanoseconds at, std::string_view who, std::string_view what);

  const std::vector<std::string>& lines() const noexcept { return lines_; }
  std::uint64_t hash() const noexcept { return hash_; }

 private:
  std::vector<std::string> lines_;
  std::uint64_t hash_ = 0xcbf29ce484222325;  // FNV-1a over every line
};

}  // namespace tocsin::sim
