#include "faults/parties.h"

#include <gtest/gtest.h>

#include <condition_variable>

#include "base/base64url.h"
#include "http/tls.h"
#include "tocsin/security_event_token.h"

namespace tocsin::test {
namespace {

Ask json_request(Scene& scene, const std::string& client, std::string path, std::string body) {
  return {.method = "POST",
          .path = std::move(path),
          .authorization = scene.token(client),
          .type = "application/json",
          .body = std::move(body)};
}

// What a receiver finds in a SET. Its answer is still to be decided.
Sighting look_at(Scene& scene, const std::string& stream, const std::string& compact) {
  Sighting seen;
  seen.stream = stream;
  seen.at = scene.book.now();
  const std::size_t first = compact.find('.');
  const std::size_t last = compact.rfind('.');
  const Json claims = claims_of(compact);
  seen.jti = text_of(claims, "jti");
  seen.iss = text_of(claims, "iss");
  seen.aud = audience_of(claims);
  seen.claims = to_text(claims);
  // With the claims, that is all of it.
  seen.compact = compact.substr(0, first) + compact.substr(std::min(last, compact.size()));
  seen.kid = text_of(
      parse_json(base64url_decode(compact.substr(0, first)).value_or("")).value_or(Json()), "kid");
  const auto verified =
      verify(compact, scene.keys(), {.iss = seen.iss, .aud = {seen.aud}},
             std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  if (!verified) {
    seen.defect = std::string(describe(verified.error().code).defect_class);
  } else if (type_of((*verified)->event).find("/ssf/event-type/") == std::string::npos) {
    seen.event = text_of(claims, "txn");
  }
  return seen;
}

void rest(std::stop_token stop, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

void Producer::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::vector<Draft> drafts;
    for (std::uint32_t count = is_rare(4) ? 3 : 1; count > 0; --count) drafts.push_back(draft());
    publish(drafts, stop);
  }
}

Json Producer::subject(std::set<std::string>& members) {
  const std::string email = "u" + std::to_string(random_.below(6)) + "@example.com";
  const JsonObject user{{"format", "email"}, {"email", email}};
  members.insert(email);
  if (!is_rare(3)) return user;
  const std::string session = "s" + std::to_string(random_.below(6));
  members.insert(session);
  return JsonObject{{"format", "complex"},
                    {"user", user},
                    {"session", JsonObject{{"format", "opaque"}, {"id", session}}}};
}

Producer::Draft Producer::draft() {
  Publication event;
  const bool is_poisoned = *work_.may_poison && is_rare(150);
  event.name = (is_poisoned ? "poison-" : "") + work_.name + '-' + std::to_string(++events_);
  JsonObject body{{"subject", subject(event.subjects)}, {"txn", event.name}, {"key", event.name}};
  if (is_rare(8)) {
    event.streams = work_.changes;
    body.append("type", "caep:credential-change");
    body.append("event", JsonObject{{"credential_type", "password"},
                                    {"change_type", "update"},
                                    {"reason_admin", JsonObject{{"en", "New one"}}}});
  } else {
    event.streams = work_.revocations;
    body.append("type", "caep:session-revoked");
    body.append("event", JsonObject{{"reason_admin", JsonObject{{"en", "Left"}}}});
  }
  if (is_rare(40)) body.erase("type");  // and so it is refused
  return scene_.book.write([&](History& history) {
    history.publications.push_back(std::move(event));
    return Draft{history.publications.size() - 1, std::move(body)};
  });
}

void Producer::publish(const std::vector<Draft>& drafts, std::stop_token stop) {
  JsonArray bodies;
  for (const Draft& draft : drafts) bodies.push_back(draft.body);
  const std::string body = to_text(bodies.size() == 1 ? bodies.front() : Json(bodies));
  scene_.book.write([&](History& history) {
    for (const Draft& draft : drafts) history.publications[draft.place].sent = scene_.book.now();
  });
  do {
    if (!scene_.port(stop)) return;
    const auto answer = line_.ask(json_request(scene_, "producer", "/events", body), stop);
    if (answer && answer->status != 503) return record(drafts, *answer);
  } while (!is_rare(6));  // else nobody ever learns what became of them
}

void Producer::record(const std::vector<Draft>& drafts, const RawResponse& answer) {
  EXPECT_TRUE(answer.status == 202 || answer.status == 400) << answer.status << answer.body;
  std::set<std::int64_t> refused;
  const Json body = json_of(answer);
  if (answer.status == 400) {
    for (std::size_t i = 0; i < drafts.size(); ++i) refused.insert(static_cast<std::int64_t>(i));
  } else if (const Json* refusals = body.as_object()->find("refusals")) {
    for (const Json& each : *refusals->as_array()) {
      refused.insert(each.as_object()->find("index")->as_number()->as_int64().value());
    }
  }
  scene_.book.write([&](History& history) {
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      Publication& event = history.publications[drafts[i].place];
      event.answered = scene_.book.now();
      event.answer = refused.contains(static_cast<std::int64_t>(i)) ? Publication::Answer::refused
                                                                    : Publication::Answer::accepted;
    }
  });
}

std::vector<http::Route> PushedReceiver::routes() {
  http::Route route;
  route.method = "POST";
  route.path = "/push";
  route.access = http::Access::open();
  route.media_types = {"application/secevent+jwt"};
  route.body_max = 256 * 1024;
  route.handler = handler([this](const http::Request& request) { return take(request); });
  return {route};
}

PushedReceiver::PushedReceiver(Scene& scene, std::uint64_t seed)
    : scene_(scene),
      random_(seed),
      credential_("Bearer push-credential-" + std::to_string(seed)),
      server_(routes(), tls_config(scene.authority().issue())) {
  scene.book.write([&](History& history) { history.secrets.insert(credential_); });
}

std::string PushedReceiver::create_stream(JsonArray events) {
  stream_ = scene_.create_stream(
      {{"method", "urn:ietf:rfc:8935"},
       {"endpoint_url", "https://127.0.0.1:" + std::to_string(server_.port()) + "/push"},
       {"authorization_header", credential_}},
      std::move(events));
  return stream_;
}

Result<http::Response> PushedReceiver::take(const http::Request& request) {
  Sighting seen = look_at(scene_, stream_, request.body);
  const std::string* credential = request.headers.find("Authorization");
  EXPECT_TRUE(credential != nullptr && *credential == credential_);
  http::Response response;
  response.status = 202;
  seen.answer = Sighting::Answer::acknowledged;
  if (is_poison(seen.event)) {
    response.status = 400;
    response.headers.add("Content-Type", "application/json");
    response.body = R"({"err":"invalid_request","description":"poison"})";
    seen.answer = Sighting::Answer::refused;
  } else if (random_.below(300) == 0) {
    response.status = 503;
    seen.answer = Sighting::Answer::other;
  }
  seen.answered = scene_.book.now();
  const bool is_done = seen.answer == Sighting::Answer::acknowledged;
  const Book::Owed owed{seen.stream, seen.event};
  scene_.book.write([&](History& history) { history.sightings.push_back(std::move(seen)); });
  if (is_done) scene_.book.done(owed);
  return response;
}

void Poller::run(std::stop_token stop) {
  while (scene_.port(stop)) {
    const auto answer =
        line_.ask(json_request(scene_, "receiver", "/ssf/poll/" + stream_, request()), stop);
    if (!answer || answer->status == 503) continue;
    EXPECT_EQ(answer->status, 200U) << answer->body;
    confirm();
    take(*answer);
  }
}

// What is sent again after a lost answer is the same request.
std::string Poller::request() {
  JsonArray acks(acks_.begin(), acks_.end());
  JsonObject errors;
  for (const std::string& jti : refused_) {
    errors.append(jti, JsonObject{{"err", "invalid_request"}, {"description", "poison"}});
  }
  // Once it was sent it may count, whether an answer comes or not.
  scene_.book.write([&](History& history) {
    for (const std::string& jti : acks_) {
      for (const std::size_t place : places_[jti]) {
        Sighting& seen = history.sightings[place];
        if (seen.answer == Sighting::Answer::acknowledged) continue;
        seen.answer = Sighting::Answer::acknowledged;
        seen.answered = Moment::max();
      }
    }
  });
  // A long poll answers late, and so confirms late.
  JsonObject body{{"maxEvents", 20}, {"ack", acks}, {"returnImmediately", !acks.empty()}};
  if (!errors.empty()) body.append("setErrs", errors);
  return to_text(body);
}

void Poller::confirm() {
  std::set<Book::Owed> done;
  scene_.book.write([&](History& history) {
    for (const std::string& jti : acks_) {
      for (const std::size_t place : places_[jti]) {
        Sighting& seen = history.sightings[place];
        seen.answered = std::min(seen.answered, scene_.book.now());
        done.emplace(stream_, seen.event);
      }
      places_.erase(jti);
    }
  });
  for (const Book::Owed& owed : done) scene_.book.done(owed);
  acks_.clear();
  refused_.clear();
}

void Poller::take(const RawResponse& answer) {
  const Json body = json_of(answer);
  const Json* sets = body.as_object() == nullptr ? nullptr : body.as_object()->find("sets");
  ASSERT_TRUE(sets != nullptr && sets->as_object() != nullptr) << answer.body;
  for (const JsonMember& set : *sets->as_object()) {
    Sighting seen = look_at(scene_, stream_, *set.value.as_string());
    EXPECT_EQ(seen.jti, set.name);
    const bool is_refused = is_poison(seen.event);
    if (is_refused) seen.answer = Sighting::Answer::refused;
    (is_refused ? refused_ : acks_).push_back(seen.jti);
    const std::size_t place = scene_.book.write([&](History& history) {
      history.sightings.push_back(std::move(seen));
      return history.sightings.size() - 1;
    });
    places_[set.name].push_back(place);
  }
}

void Pauser::run(std::stop_token stop) {
  while (true) {
    rest(stop, rhythm_.enabled);
    if (stop.stop_requested() || !change("paused", stop)) break;
    const std::size_t span = scene_.book.write([&](History& history) {
      history.statuses.push_back(
          {.stream = stream_, .status = StatusSpan::Status::paused, .from = scene_.book.now()});
      return history.statuses.size() - 1;
    });
    rest(stop, rhythm_.paused);
    scene_.book.write([&](History& history) { history.statuses[span].until = scene_.book.now(); });
    if (!change("enabled", stop)) break;
  }
  change("enabled", {});
}

bool Pauser::change(std::string_view status, std::stop_token stop) {
  const Ask request =
      json_request(scene_, "receiver", "/ssf/status",
                   to_text(JsonObject{{"stream_id", stream_}, {"status", std::string(status)}}));
  const auto answer = line_.insist(request, stop);
  if (answer) EXPECT_EQ(answer->status, 200U) << answer->body;
  return answer.has_value();
}

}  // namespace tocsin::test
