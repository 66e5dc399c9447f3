#include "oauth/failure_limit.h"

#include <algorithm>
#include <functional>

#include "base/ip_address.h"

namespace tocsin::oauth {

FailureLimit::FailureLimit(const Config& config)
    : config_(config), slots_(std::max<std::size_t>(config.slots, 1)) {}

bool FailureLimit::is_exceeded(std::string_view name, std::chrono::nanoseconds now) {
  Slot& slot = slots_[std::hash<std::string_view>()(name) % slots_.size()];
  const double forgiven = std::chrono::duration<double>(now - slot.at) / config_.every;
  slot.level = std::max(0.0, slot.level - std::max(0.0, forgiven));
  slot.at = now;
  if (slot.level + 1 > config_.burst) return true;
  slot.level += 1;
  return false;
}

std::string counted_peer(std::string_view address) {
  std::optional<IpAddress> parsed = parse_ip_address(address);
  if (!parsed) return std::string(address);
  if (parsed->family == IpAddress::Family::v6) {
    std::fill(parsed->octets.begin() + 8, parsed->octets.end(), std::uint8_t{0});
  }
  return to_text(*parsed);
}

}  // namespace tocsin::oauth
