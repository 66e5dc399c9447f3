// The short forms in which a configuration names event types: "caep:*", "risc:account-disabled", or
// a whole URI.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/result.h"

namespace tocsin::app {

// The URIs it stands for; a URI stands for itself and need not be known. Types that only the
// transmitter itself sends are never meant (SEC-17). config_invalid: no such family or type.
Result<std::vector<std::string>> expand_event_pattern(std::string_view pattern);

// All of them, each once.
Result<std::vector<std::string>> expand_event_patterns(const std::vector<std::string>& patterns);

}  // namespace tocsin::app
