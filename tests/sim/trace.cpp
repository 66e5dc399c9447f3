#include "sim/trace.h"

namespace tocsin::sim {

void Trace::add(std::chrono::nanoseconds at, std::string_view who, std::string_view what) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(at).count();
  std::string fraction = std::to_string(micros % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  std::string line = std::to_string(micros / 1'000'000) + '.' + fraction + ' ';
  line.append(who).append(": ").append(what);
  for (const char c : line + '\n') {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  lines_.push_back(std::move(line));
}

}  // namespace tocsin::sim
