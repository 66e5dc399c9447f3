// What a role has to remember across restarts and nobody searches: short texts under names.
#pragma once

#include <optional>
#include <string>

#include "loop/task.h"
#include "tocsin/result.h"

namespace tocsin::store {

using loop::Task;

class Notes {
 public:
  virtual ~Notes() = default;

  // The text under `name`; nothing if there is none. Errors: store_unavailable, overloaded.
  virtual Task<Result<std::optional<std::string>>> note(std::string name) = 0;

  // Replaces the text under `name`, durable before the answer. Errors: those of note(), store_full.
  virtual Task<Result<void>> keep_note(std::string name, std::string text) = 0;
};

}  // namespace tocsin::store
