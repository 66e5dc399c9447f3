// No text is a configuration and a list of complaints at once; what is accepted is complete; what
// is complained about fits on a line.
#include <cstdlib>
#include <string>
#include <string_view>

#include "app/config_file.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin::app;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ConfigAnswer answer = read_config({"/fuzz/tocsin.toml", text}, {}, {});
  require(answer.config.has_value() == answer.findings.empty());
  if (answer.config) {
    require(!answer.config->transmitter.issuer.empty());
    require(!answer.config->oauth.audience.empty());
  }
  for (const ConfigFinding& finding : answer.findings) {
    require(finding.to_text().find('\n') == std::string::npos);
  }
  return 0;
}
