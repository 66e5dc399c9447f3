// What the keys of a configuration must be together.
#pragma once

#include <vector>

#include "app/config.h"

namespace tocsin::app {

// Fills what follows from other keys (issuers, audiences), then judges the whole.
void complete_config(Config& config);
void judge_config(const Config& config, std::vector<ConfigFinding>& findings);

}  // namespace tocsin::app
