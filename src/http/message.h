// Requests and responses as values: what a handler gets and gives, what the client sends and gets.
// No Beast, no Asio: the simulator and every room that only looks at messages include this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/caller.h"

namespace tocsin::http {

// Equal but for the case of ASCII letters.
bool same_letters(std::string_view a, std::string_view b) noexcept;

struct Header {
  std::string name;
  std::string value;
};

// In the order they came. Names are compared without case (RFC 9110 5.1).
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> headers) : headers_(headers) {}

  // The first value of `name`; nullptr if there is none.
  const std::string* find(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  void add(std::string name, std::string value);
  void erase(std::string_view name);

  bool empty() const noexcept { return headers_.empty(); }
  std::size_t size() const noexcept { return headers_.size(); }
  std::vector<Header>::const_iterator begin() const noexcept { return headers_.begin(); }
  std::vector<Header>::const_iterator end() const noexcept { return headers_.end(); }

 private:
  std::vector<Header> headers_;
};

// A request a handler gets: framed, limited, authenticated and routed already.
struct Request {
  std::string method;
  std::string path;     // normalised, percent-decoded never: routes compare it as it stands
  std::string query;    // without the "?"; empty if there is none
  std::string segment;  // what the variable segment of the route's path stands for, if it has one
  Headers headers;
  std::string body;
  std::string peer;                // the peer's address as text, for limits and logs
  std::optional<Caller> caller{};  // who asks; set for every guarded route and for no other
};

struct Response {
  unsigned status = 200;
  Headers headers;  // Content-Length and Connection are the server's business
  std::string body;
};

}  // namespace tocsin::http
