#include "app/message_pipe.h"

#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <utility>

namespace tocsin::app {
namespace {

constexpr std::size_t message_max = 64 * 1024;  // bytes

Result<JsonObject> read_message(std::string_view line) {
  Result<Json> json = parse_json(line);
  if (!json || json->as_object() == nullptr) return Error(Errc::net_answer, "no message");
  return std::move(*json->as_object());
}

}  // namespace

MessagePipe::MessagePipe(loop::Loop& loop, int read_from, int write_to)
    : in_(loop, read_from), out_(loop, write_to) {}

Result<void> MessagePipe::send(const JsonObject& message) {
  const std::string line = to_text(message) + '\n';
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t written = ::write(out_.native_handle(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Error(Errc::net_closed, "the other process is gone");
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Task<Result<JsonObject>> MessagePipe::receive() {
  constexpr auto resume = boost::asio::as_tuple(loop::Use{});
  std::size_t end = received_.find('\n');
  while (end == std::string::npos) {
    if (received_.size() > message_max) co_return Error(Errc::net_answer, "message too long");
    std::array<char, 4096> part{};
    const auto [failure, got] = co_await in_.async_read_some(boost::asio::buffer(part), resume);
    if (failure) co_return Error(Errc::net_closed, failure.message());
    received_.append(part.data(), got);
    end = received_.find('\n');
  }
  const std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  co_return read_message(line);
}

}  // namespace tocsin::app
