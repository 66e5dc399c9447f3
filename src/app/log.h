// The log: one JSON object a line (SEC-58). Every text is cut, control characters are escaped and
// what is no UTF-8 is replaced, so no peer can write a line of its own. Callers pass no secret, no
// token and no SET (SEC-57), and a subject only as its hash (SEC-59).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "tocsin/json.h"

namespace tocsin::app {

enum class LogLevel : std::uint8_t { error, warning, info, debug };

// "error", "warning", "info", "debug".
std::optional<LogLevel> parse_log_level(std::string_view text) noexcept;

inline constexpr std::size_t log_text_max = 1024;  // octets of one text

// For one thread, the loop's.
class Log {
 public:
  // `descriptor` stays open and is written to, a line with one call.
  Log(int descriptor, LogLevel level, const Clock& clock)
      : descriptor_(descriptor), level_(level), clock_(clock) {}

  // {"time":"2026-11-24T23:19:29.120Z","level":"info","event":"started", ...members}. `event` is a
  // literal: what happened, in a word or two with a dot. A line that cannot be written is gone.
  void write(LogLevel level, std::string_view event, JsonObject members = {});

  void error(std::string_view event, JsonObject members = {}) {
    write(LogLevel::error, event, std::move(members));
  }
  void warn(std::string_view event, JsonObject members = {}) {
    write(LogLevel::warning, event, std::move(members));
  }
  void info(std::string_view event, JsonObject members = {}) {
    write(LogLevel::info, event, std::move(members));
  }

  void replace_level(LogLevel level) noexcept { level_ = level; }

 private:
  const int descriptor_;
  LogLevel level_;
  const Clock& clock_;
};

// The line that write() makes, without its end.
std::string log_line(LogLevel level, std::string_view event, JsonObject members,
                     std::chrono::sys_time<std::chrono::milliseconds> at);

}  // namespace tocsin::app
