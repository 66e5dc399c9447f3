// One connection of the server: requests in, responses out, in order, until one side has enough.
// For server.cpp only.
#pragma once

#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/server.h"
#include "http/stream.h"

namespace tocsin::http {

// The Date header, written once per second. By hand: strftime would ask the locale.
class DateLine {
 public:
  const std::string& at(std::chrono::sys_seconds second);

 private:
  std::chrono::sys_seconds second_{};
  std::string text_;  // empty at first
};

// What all connections of one server share.
struct Service {
  const Clock& clock;
  Random& random;
  const ServerConfig config;
  const Router router;
  ServerCounts counts{};
  DateLine date{};
  bool stopping = false;
};

// Bytes read and not used yet. Holds memory only while there are some.
class InputBuffer {
 public:
  explicit InputBuffer(std::size_t capacity) : capacity_(capacity) {}

  std::string_view bytes() const noexcept { return {memory_.get() + begin_, end_ - begin_}; }
  bool is_empty() const noexcept { return begin_ == end_; }
  bool is_full() const noexcept { return end_ - begin_ == capacity_; }

  // Where to read to; not empty unless the buffer is full. Then tell how much came.
  std::span<char> room();
  void add(std::size_t count) noexcept { end_ += count; }
  void drop(std::size_t count) noexcept;

 private:
  const std::size_t capacity_;
  std::unique_ptr<char[]> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class Connection : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Connection(std::shared_ptr<Service> service, Stream stream);

  // Serves until there is nothing more to serve, and closes.
  Task<void> run();

  // No further request. Closes at once if none is under way.
  void retire();
  void close() { stream_.close(); }

 private:
  Task<Result<void>> handshake();
  Task<bool> wait_for_request(Deadline patience);

  // These answer whether another request may follow.
  Task<bool> exchange();
  Task<bool> respond(Response response, bool head_only, bool keep_alive);
  Task<bool> turn_away(Error error);

  Task<Result<std::size_t>> read_head();
  Task<Result<BodyReader>> admit(const Router::Match& match, RequestHead& head);
  Task<Result<void>> authorize(const Access& access, Request& request);
  Task<Result<void>> read_body(BodyReader& reader, std::string& body);
  Task<Result<std::size_t>> read_more(Deadline deadline);
  Task<Result<Response>> answer(const Route& route, Request request);

  Response refusal(const Error& error, const Router::Match& match) const;
  Response refusal(const Error& error, const Route* route) const;

  const std::shared_ptr<Service> service_;
  const ServerLimits& limits_;
  Stream stream_;
  const std::string peer_;
  const std::optional<IpAddress> proxy_;  // the peer, if its word about the client counts
  InputBuffer input_;
  bool idle_ = false;
};

}  // namespace tocsin::http
