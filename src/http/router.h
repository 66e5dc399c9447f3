// Which function answers a request, and who may ask it. Paths, methods and media types are compared
// exactly (SEC-51): nothing is decoded, normalised or guessed, so no spelling of a path can reach a
// route past another one's policy.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/problem.h"
#include "http/task.h"
#include "tocsin/result.h"

namespace tocsin::http {

// Who may call a route. There is no default: a route that declares nothing does not start the
// server (SEC-01).
class Access {
 public:
  // Says who asks. Sees a request that has exactly one Authorization header, its body not read yet;
  // the request outlives the task. An error refuses: http_unauthenticated for a credential of
  // another kind than is asked for here, token_invalid for one that is no good, an error of kind
  // unavailable when nobody can tell now.
  using Check = std::function<Task<Result<Caller>>(const Request&)>;

  Access() = default;  // nothing declared

  static Access open();

  // `name` is for logs and the route table; `challenge` starts the WWW-Authenticate of a refusal:
  // "Bearer", perhaps with parameters. The caller needs any one of `scopes`, if there are some; the
  // first of them is the one a refusal names.
  static Access guarded(std::string name, std::string challenge, Check check,
                        std::vector<std::string> scopes = {});

  bool is_declared() const noexcept { return kind_ != Kind::undeclared; }
  bool is_open() const noexcept { return kind_ == Kind::open; }
  const std::string& name() const noexcept { return name_; }
  const std::vector<std::string>& scopes() const noexcept { return scopes_; }

  // Sets `request.caller`, or refuses. Credentials count in the Authorization header only, and only
  // if it is the only one; the query is no place for a token (SEC-05). Both at once is a malformed
  // request (RFC 6750 3.1): http_request.
  Task<Result<void>> admit(Request& request) const;

  // The WWW-Authenticate for this error: it says what is wrong with a credential, and nothing about
  // one that did not come (RFC 6750 3.1). Empty for an open route.
  std::string challenge(Errc code) const;

 private:
  enum class Kind : std::uint8_t { undeclared, open, guarded };
  Kind kind_ = Kind::undeclared;
  std::string name_;
  std::string challenge_;
  Check check_;
  std::vector<std::string> scopes_;
};

// A check that waits for nothing.
Access::Check at_once(std::function<Result<Caller>(const Request&)> check);

// An error becomes a response by the route's face; an exception is a bug and answers 500.
using Handler = std::function<Task<Result<Response>>(Request)>;

struct Route {
  std::string method;
  std::string path;  // "/jwks.json", or "/push/{upstream}": one variable segment, at the end
  Access access;
  std::vector<std::string> media_types{};  // of the request's body; none: a type is not asked for
  std::size_t body_max = 0;                // bytes; 0: no body at all
  std::string cache_control = "no-store";  // of successful answers; all others are no-store
  Face face = Face::problem;
  Handler handler{};
};

class Router {
 public:
  // config_invalid: a route without access policy or handler, with a path that is not normal, or
  // one that could be mistaken for another route's.
  static Result<Router> open(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  // none: 405 with `allow` if that is not empty, else 404
    std::string_view segment;      // of the path that was asked for
    std::string allow;
  };
  Match find(std::string_view method, std::string_view path) const;

  const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}
  std::vector<Route> routes_;
};

// Whether the body may be read: its media type is one the route names, its coding is identity
// (SEC-49). Errors: http_media_type.
Result<void> judge_media_type(const Route& route, const Headers& headers);

}  // namespace tocsin::http
