// Whatever is accepted can be written, and reads back as the same value.
#include <cstdlib>

#include "tocsin/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = parse_json(text);
  if (!first) return 0;
  const std::string written = to_text(*first);
  const auto second = parse_json(written);
  if (!second || !(*second == *first) || to_text(*second) != written) std::abort();
  return 0;
}
