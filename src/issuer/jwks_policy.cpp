#include "issuer/jwks_policy.h"

#include <algorithm>
#include <charconv>

namespace tocsin::issuer {
namespace {

using std::chrono::seconds;

std::string_view trim(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

bool same_word(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

// Digits, perhaps quoted; more than we use is all the same.
std::optional<seconds> parse_max_age(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  seconds::rep age = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), age);
  if (end != value.data() + value.size() || value.empty() || value.front() == '-') {
    return std::nullopt;
  }
  return error == std::errc::result_out_of_range ? seconds(jwks_lifetime_max) : seconds(age);
}

KeyVerdict wait_until(Instant then, Instant now) {
  const auto left = std::chrono::ceil<seconds>(then - now);
  return {KeyStep::wait, std::max(left, seconds(1))};
}

bool is_at_or_after(const std::optional<Instant>& time, Instant other) {
  return time && *time >= other;
}

bool is_within(const std::optional<Instant>& time, Instant span, Instant now) {
  return time && now - *time < span;
}

}  // namespace

seconds jwks_lifetime(std::string_view cache_control) {
  seconds lifetime = jwks_lifetime_default;
  while (!cache_control.empty()) {
    const std::size_t comma = std::min(cache_control.find(','), cache_control.size());
    const std::string_view directive = trim(cache_control.substr(0, comma));
    cache_control.remove_prefix(std::min(comma + 1, cache_control.size()));
    const std::size_t equals = std::min(directive.find('='), directive.size());
    const std::string_view name = trim(directive.substr(0, equals));
    if (same_word(name, "no-store") || same_word(name, "no-cache")) return jwks_lifetime_min;
    if (!same_word(name, "max-age") || equals == directive.size()) continue;
    if (const auto age = parse_max_age(trim(directive.substr(equals + 1)))) lifetime = *age;
  }
  return std::clamp<seconds>(lifetime, jwks_lifetime_min, jwks_lifetime_max);
}

KeyVerdict judge_keys(const JwksTimes& times, Instant arrived, Instant now) {
  const bool usable = is_within(times.fetched, times.lifetime + jwks_stale_max, now);
  if (is_within(times.fetched, times.lifetime, now)) return {KeyStep::use};
  const bool just_failed =
      is_at_or_after(times.tried, arrived) || is_within(times.tried, jwks_failure_pause, now);
  if (!just_failed) return {KeyStep::fetch};
  if (usable) return {KeyStep::use};
  return wait_until(*times.tried + jwks_failure_pause, now);
}

KeyVerdict judge_unknown_kid(const JwksTimes& times, Instant arrived, Instant now) {
  if (is_at_or_after(times.fetched, arrived)) return {KeyStep::use};
  if (is_within(times.doubted, jwks_refetch_pause, now)) {
    return wait_until(*times.doubted + jwks_refetch_pause, now);
  }
  // A fetch for another reason failed, or keys came while this SET was on its way.
  if (is_at_or_after(times.tried, arrived))
    return wait_until(*times.tried + jwks_failure_pause, now);
  return {KeyStep::fetch};
}

KeyVerdict judge_bad_signature(const JwksTimes& times, Instant arrived, Instant now) {
  const bool young = is_within(times.fetched, jwks_signature_doubt, now);
  const bool asked = is_at_or_after(times.tried, arrived);
  const bool too_soon = is_within(times.doubted, jwks_refetch_pause, now);
  return {young || asked || too_soon ? KeyStep::use : KeyStep::fetch};
}

Instant next_refresh(const JwksTimes& times) {
  if (!times.tried) return Instant{};
  const bool failed = !times.fetched || *times.tried > *times.fetched;
  const Instant due = times.fetched ? *times.fetched + Instant(times.lifetime) * 4 / 5 : Instant{};
  return failed ? std::max(due, *times.tried + jwks_failure_pause) : due;
}

}  // namespace tocsin::issuer
