// Notes that are forgotten with the test, and can be out of order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "store/notes.h"

namespace tocsin::test {

class MemoryNotes final : public store::Notes {
 public:
  store::Task<Result<std::optional<std::string>>> note(std::string name) override {
    if (is_broken) co_return Errc::store_unavailable;
    const auto found = notes.find(name);
    if (found == notes.end()) co_return std::optional<std::string>();
    co_return std::optional(found->second);
  }
  store::Task<Result<void>> keep_note(std::string name, std::string text) override {
    if (is_broken) co_return Errc::store_unavailable;
    notes[std::move(name)] = std::move(text);
    co_return Result<void>();
  }

  std::map<std::string, std::string> notes;
  bool is_broken = false;
};

}  // namespace tocsin::test
