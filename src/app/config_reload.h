// What SIGHUP cannot bring into force.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"

namespace tocsin::app {

// "server.listen": every key that is not marked `reload` and has another value in `after`. A
// repeated table counts as a whole: "transmitter.tenant".
std::vector<std::string> changed_for_restart(Config before, Config after);

}  // namespace tocsin::app
