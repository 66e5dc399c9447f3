#include "http/message.h"

#include <algorithm>

namespace tocsin::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

bool same_letters(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* Headers::find(std::string_view name) const noexcept {
  for (const Header& header : headers_) {
    if (same_letters(header.name, name)) return &header.value;
  }
  return nullptr;
}

std::size_t Headers::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers_, [&](const Header& header) { return same_letters(header.name, name); }));
}

void Headers::add(std::string name, std::string value) {
  headers_.push_back({std::move(name), std::move(value)});
}

void Headers::erase(std::string_view name) {
  std::erase_if(headers_, [&](const Header& header) { return same_letters(header.name, name); });
}

}  // namespace tocsin::http
