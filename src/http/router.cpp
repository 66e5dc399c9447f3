#include "http/router.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/try.h"
#include "http/wire.h"

namespace tocsin::http {
namespace {

// A segment that means the same however a peer or a proxy looks at it.
bool is_plain_segment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." &&
         std::ranges::all_of(segment, is_unreserved);
}

// "/push/" of "/push/{upstream}"; nothing for a path without a variable.
std::string_view variable_prefix(std::string_view path) {
  const std::size_t brace = path.find('{');
  return brace == std::string_view::npos ? std::string_view() : path.substr(0, brace);
}

bool is_normal_path(std::string_view path) {
  if (path == "/") return true;
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  if (const std::size_t brace = path.find('{'); brace != std::string_view::npos) {
    const std::string_view name = path.substr(brace + 1);
    if (!name.ends_with('}') || !is_plain_segment(name.substr(0, name.size() - 1))) return false;
    if (brace == 0) return true;
    if (path[brace - 1] != '/') return false;
    path = path.substr(0, brace - 1);
  }
  while (true) {
    const std::size_t slash = path.find('/');
    if (!is_plain_segment(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

// Whether `path` is the route's; if so, what its variable segment stands for.
bool matches(const Route& route, std::string_view path, std::string_view& segment) {
  const std::string_view prefix = variable_prefix(route.path);
  if (prefix.empty()) return path == route.path;
  if (!path.starts_with(prefix)) return false;
  segment = path.substr(prefix.size());
  return is_plain_segment(segment);
}

// Whether one path could be asked for and mean both: which policy holds must not depend on order
// or method.
bool overlap(const Route& a, const Route& b) {
  if (a.path == b.path) return a.method == b.method;
  const std::string_view prefix = variable_prefix(a.path);
  if (!prefix.empty() && prefix == variable_prefix(b.path)) return true;
  std::string_view segment;
  return matches(a, b.path, segment) || matches(b, a.path, segment);
}

bool has_query_token(std::string_view query) {
  while (!query.empty()) {
    const std::size_t ampersand = query.find('&');
    const std::string_view pair = query.substr(0, ampersand);
    if (pair.substr(0, pair.find('=')) == "access_token") return true;
    query = ampersand == std::string_view::npos ? std::string_view() : query.substr(ampersand + 1);
  }
  return false;
}

}  // namespace

Access Access::open() {
  Access access;
  access.kind_ = Kind::open;
  access.name_ = "open";
  return access;
}

Access Access::guarded(std::string name, std::string challenge, Check check,
                       std::vector<std::string> scopes) {
  Access access;
  access.kind_ = check ? Kind::guarded : Kind::undeclared;
  access.name_ = std::move(name);
  access.challenge_ = std::move(challenge);
  access.check_ = std::move(check);
  access.scopes_ = std::move(scopes);
  return access;
}

Task<Result<void>> Access::admit(Request& request) const {
  if (kind_ == Kind::open) co_return Result<void>();
  if (kind_ == Kind::undeclared) co_return Errc::http_unauthenticated;
  const std::size_t credentials = request.headers.count("Authorization");
  if (has_query_token(request.query)) {
    co_return Error(credentials == 0 ? Errc::http_unauthenticated : Errc::http_request,
                    "token in the query");
  }
  if (credentials != 1) {
    co_return Error(Errc::http_unauthenticated, "not exactly one Authorization header");
  }
  Result<Caller> caller = co_await check_(request);
  if (!caller) co_return std::move(caller).error();
  const bool suffices =
      scopes_.empty() || std::ranges::any_of(scopes_, [&](const std::string& scope) {
        return caller->has_scope(scope);
      });
  if (!suffices) co_return Error(Errc::token_scope, "none of the route's scopes");
  request.caller = std::move(*caller);
  co_return Result<void>();
}

std::string Access::challenge(Errc code) const {
  std::string text = challenge_;
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += text.find(' ') == std::string::npos ? " " : ", ";
    text.append(name).append("=\"").append(value).append("\"");
  };
  if (kind_ != Kind::guarded) return {};
  if (code == Errc::http_request) add("error", "invalid_request");
  if (code == Errc::token_invalid) add("error", "invalid_token");
  if (code == Errc::token_scope) {
    add("error", "insufficient_scope");
    if (!scopes_.empty()) add("scope", scopes_.front());
  }
  return text;
}

namespace {

Task<Result<Caller>> call(std::function<Result<Caller>(const Request&)> check,
                          const Request& request) {
  co_return check(request);
}

}  // namespace

Access::Check at_once(std::function<Result<Caller>(const Request&)> check) {
  return [check = std::move(check)](const Request& request) { return call(check, request); };
}

Result<Router> Router::open(std::vector<Route> routes) {
  for (auto route = routes.begin(); route != routes.end(); ++route) {
    const std::string name = route->method + " " + route->path;
    if (!route->access.is_declared()) {
      return Error(Errc::config_invalid, name + ": no access policy");
    }
    if (!route->handler) return Error(Errc::config_invalid, name + ": no handler");
    if (!is_normal_path(route->path)) return Error(Errc::config_invalid, name + ": path");
    if (!is_header("Cache-Control", route->cache_control) ||
        !is_header("WWW-Authenticate", route->access.challenge(Errc::token_scope))) {
      return Error(Errc::config_invalid, name + ": header value");
    }
    const bool repeated = std::any_of(routes.begin(), route,
                                      [&](const Route& other) { return overlap(other, *route); });
    if (repeated) return Error(Errc::config_invalid, name + ": overlaps another route");
  }
  return Router(std::move(routes));
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  Match match;
  for (const Route& route : routes_) {
    std::string_view segment;
    if (!matches(route, path, segment)) continue;
    if (route.method == method) {
      match.route = &route;
      match.segment = segment;
      return match;
    }
    match.allow += (match.allow.empty() ? "" : ", ") + route.method;
  }
  return match;
}

Result<void> judge_media_type(const Route& route, const Headers& headers) {
  if (const std::string* coding = headers.find("Content-Encoding")) {
    if (headers.count("Content-Encoding") != 1 || !same_letters(*coding, "identity")) {
      return Error(Errc::http_media_type, "content coding");
    }
  }
  if (route.media_types.empty()) return {};
  const std::string* type = headers.find("Content-Type");
  if (type == nullptr || headers.count("Content-Type") != 1) {
    return Error(Errc::http_media_type, "not exactly one Content-Type");
  }
  std::string_view essence = std::string_view(*type).substr(0, type->find(';'));
  while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
  const bool known = std::ranges::any_of(
      route.media_types, [&](const std::string& ours) { return same_letters(essence, ours); });
  if (!known) return Error(Errc::http_media_type, "media type");
  return {};
}

}  // namespace tocsin::http
