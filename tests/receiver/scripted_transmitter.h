// A transmitter as the receiver's room sees it: metadata, token endpoint, streams in memory, and
// answers that a test replaces.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/scripted_client.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"

namespace tocsin::test {

class ScriptedTransmitter {
 public:
  static constexpr std::string_view issuer = "https://tr.example.com";

  ScriptedTransmitter() { publish_metadata(); }

  void publish_metadata() {
    metadata = JsonObject{{"spec_version", "1_0"}, {"issuer", issuer}};
    for (const char* name :
         {"jwks_uri", "configuration_endpoint", "status_endpoint", "add_subject_endpoint",
          "remove_subject_endpoint", "verification_endpoint"}) {
      metadata.append(name, Json(std::string(issuer) + "/" + name));
    }
    metadata.append("delivery_methods_supported",
                    Json(JsonArray{"urn:ietf:rfc:8935", "urn:ietf:rfc:8936"}));
  }

  // What the next matching request gets instead: "POST /configuration_endpoint".
  void answer_once(const std::string& call, Result<http::Response> answer) {
    scripted.emplace(call, std::move(answer));
  }

  Result<http::Response> answer(const http::OutboundRequest& request) {
    const std::string call = request.method + " " + request.url.path;
    calls.push_back(call + (request.url.query ? "?" + *request.url.query : ""));
    if (const auto found = scripted.find(call); found != scripted.end()) {
      Result<http::Response> answer = std::move(found->second);
      scripted.erase(found);
      return answer;
    }
    if (always) {
      if (auto answer = always(request)) return *std::move(answer);
    }
    const std::string& path = request.url.path;
    if (path == "/.well-known/ssf-configuration") return json(200, metadata);
    if (path == "/jwks_uri") return json(200, KeySet::of(keys).to_jwks());
    if (path == "/configuration_endpoint") return configure(request);
    if (path == "/status_endpoint") {
      return json(200, JsonObject{{"stream_id", "s1"}, {"status", status}});
    }
    if (path == "/verification_endpoint") {
      const Result<Json> body = parse_json(request.body);
      verification_states.push_back(*body->as_object()->find("state")->as_string());
      return response(204);
    }
    return response(204);
  }

  static http::Response json(unsigned status, const Json& body) {
    return response(status, to_text(body), {{"Content-Type", "application/json"}});
  }

  // As the receiver sees what it asked for.
  Json stream_of(const std::string& id, const JsonObject& asked) const {
    JsonObject stream{{"stream_id", id}, {"iss", issuer}, {"aud", "https://rx.example.com"}};
    for (const char* name : {"events_requested", "description"}) {
      if (const Json* member = asked.find(name)) stream.append(name, *member);
    }
    const Json* const requested = asked.find("events_requested");
    stream.append("events_delivered", requested != nullptr ? *requested : Json(JsonArray{}));
    JsonObject delivery;
    if (const Json* given = asked.find("delivery")) delivery = *given->as_object();
    delivery.erase("authorization_header");
    if (delivery.find("method") == nullptr) delivery.append("method", "urn:ietf:rfc:8936");
    if (*delivery.find("method")->as_string() == "urn:ietf:rfc:8936") {
      delivery.insert_or_assign("endpoint_url", Json(std::string(issuer) + "/poll/" + id));
    }
    stream.append("delivery", std::move(delivery));
    return stream;
  }

  JsonObject metadata;
  std::vector<SigningKey> keys;
  std::map<std::string, JsonObject> streams;  // what was asked for, by stream_id
  std::string status = "enabled";
  std::vector<std::string> verification_states;
  std::vector<std::string> calls;  // "GET /path?query"
  std::function<std::optional<Result<http::Response>>(const http::OutboundRequest&)> always;
  ScriptedClient client{[this](const auto& request) { return answer(request); }};

 private:
  http::Response configure(const http::OutboundRequest& request) {
    const std::string query = request.url.query.value_or("");
    const std::string id = query.starts_with("stream_id=") ? query.substr(10) : "";
    if (request.method == "GET" && id.empty()) {
      JsonArray all;
      for (const auto& [name, asked] : streams) all.push_back(stream_of(name, asked));
      return json(200, all);
    }
    if (request.method == "GET" || request.method == "DELETE") {
      const auto found = streams.find(id);
      if (found == streams.end()) return response(404);
      const Json stream = stream_of(id, found->second);
      if (request.method == "GET") return json(200, stream);
      streams.erase(found);
      return response(204);
    }
    JsonObject asked = *parse_json(request.body)->as_object();
    if (request.method == "POST") {
      const std::string made = "s" + std::to_string(++made_);
      streams[made] = asked;
      return json(201, stream_of(made, asked));
    }
    const std::string named = *asked.take("stream_id")->as_string();
    const auto found = streams.find(named);
    if (found == streams.end()) return response(404);
    if (request.method == "PUT") found->second = {};
    for (const auto& [name, value] : asked) found->second.insert_or_assign(name, value);
    return json(200, stream_of(named, found->second));
  }

  std::multimap<std::string, Result<http::Response>> scripted;
  int made_ = 0;
};

}  // namespace tocsin::test
