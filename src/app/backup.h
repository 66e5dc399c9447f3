// A copy of the store, while a process may serve from it (REL-25).
#pragma once

#include <string>

#include "app/config.h"
#include "tocsin/result.h"

namespace tocsin::app {

// A consistent copy as of now in `path`, a new file of mode 0600, which opens with the same key.
// file_unreadable: there is no store, `path` exists, or cannot be made. store_unavailable.
Result<void> back_up(const Config& config, const std::string& path);

}  // namespace tocsin::app
