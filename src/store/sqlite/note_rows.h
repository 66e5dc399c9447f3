// Notes, inside a transaction.
#pragma once

#include <optional>
#include <string>

#include "store/notes.h"
#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

Result<std::optional<std::string>> read_note(Work& work, const std::string& name);
Result<void> write_note(Work& work, const std::string& name, const std::string& text);

}  // namespace tocsin::store::sqlite
