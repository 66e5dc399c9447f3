#include "app/log.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>

#include "base/time_text.h"
#include "base/utf8.h"

namespace tocsin::app {
namespace {

constexpr std::array<std::string_view, 4> level_names{"error", "warning", "info", "debug"};
constexpr std::size_t depth_max = 4;  // of what callers nest

// JSON escapes what is below space; the rest of what moves a terminal's cursor or hides in a line
// is taken out here.
std::string harmless(std::string_view text) {
  const bool is_text = is_utf8(text);
  const std::string_view kept =
      is_text ? utf8_prefix(text, log_text_max) : text.substr(0, log_text_max);
  std::string out;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto octet = static_cast<unsigned char>(kept[i]);
    const bool is_c1 = octet == 0xc2 && is_text &&
                       static_cast<unsigned char>(kept[i + 1]) < 0xa0;  // U+0080 to U+009F
    if (is_c1) ++i;
    const bool is_harmless = !is_c1 && octet != 0x7f && (is_text || octet < 0x80);
    out += is_harmless ? kept[i] : '?';
  }
  return kept.size() < text.size() ? out + "..." : out;
}

Json harmless(Json value, std::size_t depth) {
  if (depth == 0) return "...";
  if (const std::string* text = value.as_string()) return harmless(*text);
  if (JsonArray* array = value.as_array()) {
    for (Json& element : *array) element = harmless(std::move(element), depth - 1);
  }
  if (JsonObject* object = value.as_object()) {
    for (JsonMember& member : *object) member.value = harmless(std::move(member.value), depth - 1);
  }
  return value;
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) noexcept {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == text) return static_cast<LogLevel>(i);
  }
  return {};
}

std::string log_line(LogLevel level, std::string_view event, JsonObject members,
                     std::chrono::sys_time<std::chrono::milliseconds> at) {
  JsonObject line{{"time", to_time_text(at)},
                  {"level", level_names[static_cast<std::size_t>(level)]},
                  {"event", event}};
  for (JsonMember& member : members) {
    line.insert_or_assign(member.name, harmless(std::move(member.value), depth_max));
  }
  return tocsin::to_text(line);
}

void Log::write(LogLevel level, std::string_view event, JsonObject members) {
  if (level > level_) return;
  const std::string line = log_line(level, event, std::move(members), clock_.wall()) + '\n';
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    left.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace tocsin::app
