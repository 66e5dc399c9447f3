#include "store/sqlite/work.h"

#include "jose/digest.h"

namespace tocsin::store::sqlite {

std::string short_hash(std::string_view text) {
  return std::string(as_text(sha256(text)).substr(0, 16));
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  }
  return text;
}

}  // namespace tocsin::store::sqlite
