// The value tree.
#include "tocsin/json.h"

#include <algorithm>
#include <array>

#include "json/decimal.h"

namespace tocsin {

JsonNumber::JsonNumber(std::int64_t value) : text_(std::to_string(value)) {}

Result<JsonNumber> JsonNumber::parse(std::string_view text) {
  if (!read_decimal(text)) return Error(Errc::json_syntax, "not a number");
  return JsonNumber(Checked{}, std::string(text));
}

std::optional<std::int64_t> JsonNumber::as_int64() const noexcept {
  const auto number = read_decimal(text_);
  if (!number || number->exponent < 0) return {};
  constexpr std::size_t digits_max = 19;
  if (number->digits.size() > digits_max ||
      number->exponent > static_cast<std::int64_t>(digits_max - number->digits.size())) {
    return {};
  }
  // At most 19 digits: fits 64 bits without a sign.
  std::uint64_t magnitude = 0;
  for (const char digit : number->digits) magnitude = magnitude * 10 + (digit - '0');
  for (std::int64_t i = 0; i < number->exponent; ++i) magnitude *= 10;

  constexpr std::uint64_t limit = std::uint64_t{1} << 63;
  if (number->negative) {
    if (magnitude > limit) return {};
    return static_cast<std::int64_t>(~magnitude + 1);
  }
  if (magnitude >= limit) return {};
  return static_cast<std::int64_t>(magnitude);
}

bool operator==(const JsonNumber& a, const JsonNumber& b) noexcept {
  return a.text_ == b.text_ || read_decimal(a.text_) == read_decimal(b.text_);
}

JsonObject::JsonObject(std::initializer_list<JsonMember> members) : members_(members) {}

const Json* JsonObject::find(std::string_view name) const noexcept {
  for (const JsonMember& member : members_) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Json* JsonObject::find(std::string_view name) noexcept {
  return const_cast<Json*>(std::as_const(*this).find(name));
}

void JsonObject::insert_or_assign(std::string name, Json value) {
  if (Json* existing = find(name)) {
    *existing = std::move(value);
  } else {
    members_.push_back({std::move(name), std::move(value)});
  }
}

void JsonObject::append(std::string name, Json value) {
  members_.push_back({std::move(name), std::move(value)});
}

void JsonObject::reserve(std::size_t members) {
  members_.reserve(members);
}

std::optional<Json> JsonObject::take(std::string_view name) {
  const auto member = std::ranges::find(members_, name, &JsonMember::name);
  if (member == members_.end()) return {};
  Json value = std::move(member->value);
  members_.erase(member);
  return value;
}

bool JsonObject::erase(std::string_view name) {
  return take(name).has_value();
}

bool operator==(const JsonObject& a, const JsonObject& b) noexcept {
  if (a.size() != b.size()) return false;
  for (const JsonMember& member : a) {
    const Json* other = b.find(member.name);
    if (other == nullptr || !(*other == member.value)) return false;
  }
  return true;
}

std::string_view Json::type_name() const noexcept {
  constexpr std::array<std::string_view, 6> names{"null",   "boolean", "number",
                                                  "string", "array",   "object"};
  return names[value_.index()];
}

}  // namespace tocsin
