// Requests as text, and the least of routes, for the tests of the server.
#pragma once

#include <string>
#include <string_view>

#include "http/router.h"
#include "support/test_server.h"

namespace tocsin::http {

inline std::string post(std::string_view path, std::string_view body, std::string_view lines = "") {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(lines) + "\r\n" + std::string(body);
}

inline std::string get(std::string_view path, std::string_view lines = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(lines) +
         "\r\n";
}

inline Route text_route(std::string path, std::string text) {
  return {.method = "GET",
          .path = std::move(path),
          .access = Access::open(),
          .handler = test::handler([text](const Request&) -> Result<Response> {
            return Response{.status = 200, .headers = {}, .body = text};
          })};
}

}  // namespace tocsin::http
