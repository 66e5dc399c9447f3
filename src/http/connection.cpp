#include "http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <new>
#include <stdexcept>

#include "base/try.h"

namespace tocsin::http {
namespace {

constexpr std::size_t together_max = 16 * 1024;  // a body up to here goes out with its head
constexpr std::string_view go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";

// RFC 9110 5.6.7.
std::string http_date(std::chrono::sys_seconds second) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = std::chrono::system_clock::to_time_t(second);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday],
                utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text.data();
}

bool has_body(const Framing& framing) {
  return framing.kind != Framing::Kind::length || framing.length > 0;
}

// Headers that are the server's business.
bool is_ours(std::string_view name) {
  return same_letters(name, "Content-Length") || same_letters(name, "Connection") ||
         same_letters(name, "Transfer-Encoding") || same_letters(name, "Date");
}

bool may_have_body(unsigned status) {
  return status != 204 && status != 304;
}

bool can_be_sent(const Response& response) {
  if (response.status < 200 || response.status > 599) return false;
  if (!may_have_body(response.status) && !response.body.empty()) return false;
  return std::ranges::all_of(response.headers, [](const Header& header) {
    return is_header(header.name, header.value) && !is_ours(header.name);
  });
}

std::string head_of(const Response& response, const std::string& date, bool keep_alive) {
  std::string head;
  head.reserve(512);
  append_status_line(head, response.status);
  append_header(head, "Date", date);
  for (const Header& header : response.headers) append_header(head, header.name, header.value);
  if (may_have_body(response.status)) {
    append_header(head, "Content-Length", std::to_string(response.body.size()));
  }
  if (!keep_alive) append_header(head, "Connection", "close");
  head += "\r\n";
  return head;
}

std::optional<IpAddress> trusted(const std::string& peer, const TrustedProxies& proxies) {
  const auto address = parse_ip_address(peer);
  return address && proxies.contains(*address) ? address : std::nullopt;
}

}  // namespace

const std::string& DateLine::at(std::chrono::sys_seconds second) {
  if (second != second_ || text_.empty()) {
    second_ = second;
    text_ = http_date(second);
  }
  return text_;
}

std::span<char> InputBuffer::room() {
  if (!memory_) memory_ = std::make_unique_for_overwrite<char[]>(capacity_);
  if (end_ == capacity_) {
    std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void InputBuffer::drop(std::size_t count) noexcept {
  begin_ += count;
  if (begin_ < end_) return;
  begin_ = end_ = 0;
  memory_.reset();
}

Connection::Connection(std::shared_ptr<Service> service, Stream stream)
    : service_(std::move(service)),
      limits_(service_->config.limits),
      stream_(std::move(stream)),
      peer_(stream_.peer_address()),
      proxy_(trusted(peer_, service_->config.proxies)),
      input_(limits_.head.bytes_max) {}

void Connection::retire() {
  if (idle_) stream_.close();
}

Task<void> Connection::run() {
  const Result<void> shaken = co_await handshake();
  if (!shaken) {
    ++service_->counts.failed_handshakes;
    stream_.close();
    co_return;
  }
  Deadline patience = after(limits_.head_time);
  bool more = true;
  while (more) {
    more = co_await wait_for_request(patience);
    if (more) more = co_await exchange();
    patience = after(limits_.idle_time);
  }
  co_await stream_.shutdown(after(limits_.goodbye_time));
}

Task<Result<void>> Connection::handshake() {
  if (!service_->config.tls) co_return Result<void>();
  Result<TlsSession> session = service_->config.tls->open_session();
  if (!session) co_return std::move(session).error();
  co_return co_await stream_.handshake(std::move(*session), after(limits_.head_time));
}

// False when there will be none: the peer was silent for too long, or we are stopping.
Task<bool> Connection::wait_for_request(Deadline patience) {
  if (service_->stopping) co_return false;
  if (!input_.is_empty()) {
    // A peer that pipelines takes turns with all the others.
    co_await boost::asio::post(loop::Use());
    co_return true;
  }
  idle_ = true;
  const Result<void> readable = co_await stream_.wait_readable(patience);
  idle_ = false;
  co_return readable.has_value();
}

Task<bool> Connection::exchange() {
  Result<std::size_t> size = co_await read_head();
  if (!size) co_return co_await turn_away(std::move(size).error());
  Result<RequestHead> head = parse_request_head(input_.bytes().substr(0, *size), limits_.head);
  input_.drop(*size);
  if (!head) co_return co_await turn_away(std::move(head).error());

  Request& request = head->request;
  const Router::Match match = service_->router.find(request.method, request.path);
  const bool head_only = request.method == "HEAD";
  request.segment = match.segment;
  request.peer =
      proxy_ ? to_short_text(client_of(*proxy_, request.headers, service_->config.proxies)) : peer_;
  ++service_->counts.requests;
  Result<BodyReader> reader = co_await admit(match, *head);
  if (!reader) {
    // A body that nobody read would be taken for the next request.
    const bool keep_alive = head->keep_alive && !has_body(head->framing);
    Response response = refusal(reader.error(), match);
    co_return co_await respond(std::move(response), head_only, keep_alive);
  }
  if (head->expects_continue && !reader->is_done() && input_.is_empty()) {
    const Result<void> told = co_await stream_.write(go_ahead, after(limits_.answer_time));
    if (!told) co_return false;
  }
  Result<void> read = co_await read_body(*reader, request.body);
  if (!read) co_return co_await turn_away(std::move(read).error());

  const bool keep_alive = head->keep_alive;
  Result<Response> answered = co_await answer(*match.route, std::move(request));
  Response response =
      answered ? std::move(answered).value() : refusal(answered.error(), match.route);
  if (response.status < 400 && response.headers.find("Cache-Control") == nullptr) {
    response.headers.add("Cache-Control", match.route->cache_control);
  }
  co_return co_await respond(std::move(response), head_only, keep_alive);
}

// The size of the head, which then lies at the front of the input.
Task<Result<std::size_t>> Connection::read_head() {
  const Deadline deadline = after(limits_.head_time);
  std::size_t searched = 0;
  while (true) {
    const std::string_view bytes = input_.bytes();
    const std::size_t end = find_head_end(bytes, searched);
    if (end != std::string_view::npos) co_return end;
    if (input_.is_full()) co_return Errc::http_head_too_large;
    searched = bytes.size();
    Result<std::size_t> got = co_await read_more(deadline);
    if (!got) co_return std::move(got).error();
  }
}

// The deadline moves with what arrived: a body may be slow, but not slower than the rate, and not
// longer than body_time in all.
Task<Result<void>> Connection::read_body(BodyReader& reader, std::string& body) {
  const auto start = std::chrono::steady_clock::now();
  while (true) {
    Result<std::size_t> used = reader.feed(input_.bytes(), body);
    if (!used) co_return std::move(used).error();
    input_.drop(*used);
    if (reader.is_done()) co_return Result<void>();
    const std::chrono::milliseconds earned(body.size() * 1000 / limits_.body_rate_min);
    const Deadline deadline = start + std::min(limits_.body_time, limits_.body_start + earned);
    Result<std::size_t> got = co_await read_more(deadline);
    if (!got) co_return std::move(got).error();
  }
}

// Reads what there is. A request that does not arrive in time is the peer's fault: http_timeout.
Task<Result<std::size_t>> Connection::read_more(Deadline deadline) {
  const std::span<char> room = input_.room();
  Result<std::size_t> got = co_await stream_.read_some(room, deadline);
  if (!got && got.error().code == Errc::net_timeout) co_return Errc::http_timeout;
  if (!got) co_return std::move(got).error();
  if (*got == 0) co_return Error(Errc::net_closed, "ended in a request");
  input_.add(*got);
  co_return *got;
}

// Everything that can be said of a request before its body is read.
Task<Result<BodyReader>> Connection::admit(const Router::Match& match, RequestHead& head) {
  if (match.route == nullptr) {
    co_return match.allow.empty() ? Errc::http_not_found : Errc::http_method;
  }
  Result<void> admitted = co_await authorize(match.route->access, head.request);
  if (!admitted) co_return std::move(admitted).error();
  Result<void> readable = judge_media_type(*match.route, head.request.headers);
  if (!readable) co_return std::move(readable).error();
  co_return BodyReader::open(head.framing, match.route->body_max);
}

// Who may ask is found out by code of another room, which fails as a handler does.
Task<Result<void>> Connection::authorize(const Access& access, Request& request) {
  if (access.is_open()) co_return Result<void>();
  try {
    co_return co_await access.admit(request);
  } catch (const std::bad_alloc&) {
    co_return Error(Errc::overloaded, "out of memory");
  } catch (const std::exception& bug) {
    co_return Error(Errc::internal_error, bug.what());
  }
}

// What a handler throws is a bug, or memory that ran out for this one request.
Task<Result<Response>> Connection::answer(const Route& route, Request request) {
  try {
    co_return co_await route.handler(std::move(request));
  } catch (const std::bad_alloc&) {
    co_return Error(Errc::overloaded, "out of memory");
  } catch (const std::exception& bug) {
    co_return Error(Errc::internal_error, bug.what());
  }
}

Response Connection::refusal(const Error& error, const Router::Match& match) const {
  Response response = refusal(error, match.route);
  if (error.code == Errc::http_method) response.headers.add("Allow", match.allow);
  return response;
}

Response Connection::refusal(const Error& error, const Route* route) const {
  std::string incident;
  if (const ErrorKind kind = error.kind();
      kind == ErrorKind::internal || kind == ErrorKind::unavailable) {
    incident = service_->random.id();
    ++service_->counts.incidents;
    if (service_->config.on_incident) {
      const std::string where = route == nullptr ? "" : route->method + " " + route->path;
      service_->config.on_incident({incident, where, error.to_string()});
    }
  }
  Response response = to_response(error, route == nullptr ? Face::problem : route->face, incident);
  const bool standing = error.kind() == ErrorKind::unauthenticated ||
                        error.kind() == ErrorKind::forbidden || error.code == Errc::http_request;
  if (standing && route != nullptr) {
    std::string challenge = route->access.challenge(error.code);
    if (!challenge.empty()) response.headers.add("WWW-Authenticate", std::move(challenge));
  }
  return response;
}

// Refuses what is not a whole request. Where it ends is not known, so the connection ends with it.
Task<bool> Connection::turn_away(Error error) {
  if (error.kind() == ErrorKind::unavailable) co_return false;  // the peer is gone
  ++service_->counts.malformed;
  const bool head_only = false;
  const bool keep_alive = false;
  Response response = refusal(error, nullptr);
  co_return co_await respond(std::move(response), head_only, keep_alive);
}

Task<bool> Connection::respond(Response response, bool head_only, bool keep_alive) {
  if (!can_be_sent(response)) {
    const Error bug(Errc::internal_error, "a handler's response cannot be sent");
    response = refusal(bug, nullptr);
  }
  if (response.headers.find("Cache-Control") == nullptr) {
    response.headers.add("Cache-Control", "no-store");
  }
  keep_alive = keep_alive && !service_->stopping;
  const std::string& date = service_->date.at(service_->clock.wall_seconds());
  std::string bytes = head_of(response, date, keep_alive);
  const std::string_view body = head_only ? std::string_view() : response.body;
  const bool together = body.size() <= together_max;
  if (together) bytes += body;
  const Deadline deadline = after(limits_.answer_time);
  Result<void> sent = co_await stream_.write(bytes, deadline);
  if (sent && !together) sent = co_await stream_.write(body, deadline);
  co_return sent&& keep_alive;
}

}  // namespace tocsin::http
