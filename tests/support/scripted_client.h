// A network of one: answers what the test says, and remembers what was asked.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/client.h"

namespace tocsin::test {

class ScriptedClient final : public http::Client {
 public:
  using Script = std::function<Result<http::Response>(const http::OutboundRequest&)>;

  explicit ScriptedClient(Script script) : script_(std::move(script)) {}

  http::Task<Result<http::Response>> send(http::OutboundRequest request) override {
    requests.push_back(request);
    co_return script_(request);
  }

  void replace_script(Script script) { script_ = std::move(script); }

  // How many requests went to a URL with this path.
  std::size_t count(std::string_view path) const {
    std::size_t found = 0;
    for (const http::OutboundRequest& request : requests) found += request.url.path == path;
    return found;
  }

  std::vector<http::OutboundRequest> requests;

 private:
  Script script_;
};

inline http::Response response(unsigned status, std::string body = {}, http::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

}  // namespace tocsin::test
