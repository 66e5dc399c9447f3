#include "faults/scene.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <stdexcept>

#include "store/sqlite/database.h"

namespace tocsin::test {

bool is_poison(std::string_view event) {
  return event.starts_with("poison");
}

void Book::done(const Owed& owed) {
  const std::lock_guard lock(mutex_);
  done_.insert(owed);
  came_.notify_all();
}

std::vector<Book::Owed> Book::wait_for_the_rest(std::chrono::seconds patience) {
  std::unique_lock lock(mutex_);
  std::vector<Owed> rest;
  for (const Publication& event : history_.publications) {
    if (event.answer != Publication::Answer::accepted || is_poison(event.name)) continue;
    for (const std::string& stream : event.streams) rest.emplace_back(stream, event.name);
  }
  came_.wait_for(lock, patience, [&] {
    while (!rest.empty() && done_.contains(rest.back())) rest.pop_back();
    return rest.empty();
  });
  std::erase_if(rest, [&](const Owed& owed) { return done_.contains(owed); });
  return rest;
}

Scene::Scene(const std::string& more) {
  const auto made = place_.tocsin({"init", "--listen", "127.0.0.1:0", "--admin-listen",
                                   "127.0.0.1:0", "--public-url", "https://localhost", "--alg",
                                   "ES256", "--output", "json", "signals"});
  if (made.exit != 0) throw std::runtime_error("tocsin init: " + made.err);
  const Json answer = parse_json(made.out).value();
  for (const Json& client : *answer.as_object()->find("clients")->as_array()) {
    secrets_[text_of(client, "client_id")] = text_of(client, "client_secret");
    book.history().secrets.insert(text_of(client, "client_secret"));
  }
  config_ = place_.folder().path() + "/signals/tocsin.toml";
  const CertificateFiles files = authority_.issue();
  std::ofstream(config_, std::ios::app)
      << "\n[server.tls]\ncertificate = \"file:" << files.certificate_file
      << "\"\nkey = \"file:" << files.key_file
      << "\"\n[outbound]\nca_file = \"file:" << authority_.ca_file()
      << "\"\nallow_networks = [\"127.0.0.0/8\"]\n"
      << more;
  book.history().secrets.insert(admin_token());
}

void Scene::start() {
  serving_ = std::make_unique<Serving>(place_, config_);
  const std::uint16_t port = serving_->port();
  std::map<std::string, std::string> tokens;
  for (const auto& [client, secret] : secrets_) {
    RawClient line(port, authority_.ca_file());
    line.send(text_of(Ask{
        .method = "POST",
        .path = "/oauth/token",
        .type = "application/x-www-form-urlencoded",
        .body = "grant_type=client_credentials&client_id=" + client + "&client_secret=" + secret}));
    const std::string token = text_of(json_of(line.read_response()), "access_token");
    EXPECT_NE(token, "") << client;
    tokens[client] = "Bearer " + token;
    book.write([&](History& history) { history.secrets.insert(token); });
  }
  RawClient line(port, authority_.ca_file());
  line.send(text_of(Ask{.path = "/jwks.json"}));
  const std::lock_guard lock(mutex_);
  keys_ = KeySet::parse(line.read_response().body).value();
  tokens_ = std::move(tokens);
  port_ = port;
  is_up_.notify_all();
}

void Scene::start_without_waiting() {
  serving_ = std::make_unique<Serving>(place_, config_, Serving::Await::nothing);
}

void Scene::kill() {
  announce(0);
  serving_->signal(SIGKILL);
  EXPECT_EQ(serving_->wait(), -SIGKILL) << "it ended by itself:\n" << serving_->log();
  book.write([](History& history) { ++history.faults; });
}

int Scene::stop() {
  announce(0);
  serving_->signal(SIGTERM);
  return serving_->wait();
}

void Scene::announce(std::uint16_t port) {
  const std::lock_guard lock(mutex_);
  port_ = port;
  is_up_.notify_all();
}

std::optional<std::uint16_t> Scene::port(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!is_up_.wait(lock, stop, [this] { return port_ != 0; })) return {};
  return port_;
}

std::string Scene::token(const std::string& client) {
  const std::lock_guard lock(mutex_);
  return tokens_.at(client);
}

KeySet Scene::keys() {
  const std::lock_guard lock(mutex_);
  return *keys_;
}

RawResponse Scene::ask(const Ask& request) {
  return Line(*this).ask(request, {}).value_or(RawResponse());
}

std::string Scene::create_stream(JsonObject delivery, JsonArray events) {
  const bool is_polled = text_of(delivery, "method") == "urn:ietf:rfc:8936";
  const RawResponse created =
      ask({.method = "POST",
           .path = "/ssf/streams",
           .authorization = token("receiver"),
           .type = "application/json",
           .body = to_text(JsonObject{{"delivery", std::move(delivery)},
                                      {"events_requested", std::move(events)}})});
  EXPECT_EQ(created.status, 201U) << created.body;
  const Json stream = json_of(created);
  const std::string id = text_of(stream, "stream_id");
  book.write([&](History& history) {
    history.streams[id] = {
        .iss = text_of(stream, "iss"), .aud = audience_of(stream), .polled = is_polled};
  });
  return id;
}

std::string Scene::database() const {
  return place_.folder().path() + "/signals/tocsin.db";
}

std::string Scene::admin_token() const {
  std::ifstream file(place_.folder().path() + "/signals/secrets/admin-token");
  std::string token;
  file >> token;
  return token;
}

void Scene::read_rows() {
  auto database = store::sqlite::Database::open(this->database(), {}).value();
  {
    store::sqlite::Query check = database.query("PRAGMA integrity_check");
    ASSERT_TRUE(check.next().value());
    EXPECT_EQ(check.text(0), "ok");
  }
  constexpr const char* rows_sql =
      "SELECT stream_id, txn, jti, state, type FROM"
      " (SELECT stream, event, jti, -1 AS state FROM pending"
      "  UNION ALL SELECT stream, event, jti, state FROM settled) AS row"
      " JOIN stream ON stream.id = row.stream JOIN event ON event.id = row.event";
  store::sqlite::Query rows = database.query(rows_sql);
  while (rows.next().value()) {
    const bool is_ours = rows.view(4).find("/ssf/event-type/") != std::string_view::npos;
    book.history().rows.push_back({.stream = rows.text(0),
                                   .event = is_ours ? "" : rows.text(1),
                                   .jti = rows.text(2),
                                   .state = static_cast<Row::State>(rows.integer(3) + 1)});
  }
}

std::optional<RawResponse> Line::ask(const Ask& request, std::stop_token stop) {
  const auto port = scene_.port(std::move(stop));
  if (!port) return {};
  try {
    if (client_ == nullptr || port_ != *port) {
      client_ = std::make_unique<RawClient>(*port, scene_.authority().ca_file());
      port_ = *port;
    }
    if (client_->send(text_of(request))) {
      RawResponse response = client_->read_response();
      if (response.status >= 400) {
        scene_.book.write([&](History& history) {
          history.outputs.push_back({"an answer to " + request.path, response.body});
        });
      }
      const auto connection = response.headers.find("connection");
      if (connection != response.headers.end() && connection->second == "close") client_.reset();
      if (response.status != 0) return response;
    }
  } catch (const std::exception&) {
    // It was killed while it answered.
  }
  client_.reset();
  return {};
}

std::optional<RawResponse> Line::insist(const Ask& request, std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto response = ask(request, stop);
    if (response && response->status != 503) return response;
  }
  return {};
}

std::string audience_of(const Json& object) {
  const JsonObject* members = object.as_object();
  const Json* aud = members == nullptr ? nullptr : members->find("aud");
  if (aud == nullptr) return "";
  const JsonArray* array = aud->as_array();
  if (array != nullptr && array->size() == 1) aud = &array->front();
  return aud->as_string() == nullptr ? "" : *aud->as_string();
}

}  // namespace tocsin::test
