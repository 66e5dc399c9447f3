#include "app/config_judge.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/url.h"

namespace tocsin::app {
namespace {

constexpr std::size_t secrets_max = 2;  // of one client

class Judge {
 public:
  Judge(const Config& config, std::vector<ConfigFinding>& findings)
      : config_(config), findings_(findings) {}

  void judge() {
    judge_server();
    judge_admin();
    judge_store();
    if (config_.transmits()) {
      judge_oauth();
      judge_clients();
      judge_tenants();
    }
    judge_callers();
    judge_delivery();
    judge_upstreams();
    judge_sinks();
  }

 private:
  void find(const ConfigPlace& place, std::string text) {
    findings_.push_back({place, std::move(text)});
  }

  void judge_server() {
    const ServerSection& server = config_.server;
    if (server.public_url.empty()) find(server.place, "[server] needs public_url");
    if (server.tls_certificate.path.empty() != server.tls_key.path.empty()) {
      find(server.place, "tls.certificate and tls.key come together");
    }
    const bool is_plain = server.tls_certificate.path.empty();
    if (is_plain && !server.listen.is_loopback() && server.trusted_proxies.empty()) {
      find(server.place, "listen: " + server.listen.to_text() +
                             " is not loopback, so [server] needs tls.certificate and tls.key, or "
                             "trusted_proxies that end TLS");
    }
  }

  void judge_admin() {
    const AdminSection& admin = config_.admin;
    if (!admin.listen.is_loopback() && config_.server.tls_certificate.path.empty()) {
      find(admin.place, "listen: " + admin.listen.to_text() +
                            " is not loopback, so [server] needs tls.certificate and tls.key");
    }
    const bool is_same = admin.listen.port != 0 &&
                         admin.listen.port == config_.server.listen.port &&
                         admin.listen.address == config_.server.listen.address;
    if (is_same) find(admin.place, "[admin] and [server] listen in the same place");
  }

  void judge_store() {
    if (config_.store.key.empty()) {
      find(config_.store.place,
           "[store] needs key: 32 random octets as base64url, in a file of mode 0600");
    }
  }

  void judge_delivery() {
    const DeliverySection& delivery = config_.delivery;
    if (delivery.retry_first > delivery.retry_last) {
      find(delivery.place, "retry_first is longer than retry_last");
    }
    if (delivery.give_up >= config_.store.pending_retention) {
      find(delivery.place,
           "give_up must be shorter than pending_retention of [store]: what waits would expire "
           "before its stream is paused");
    }
  }

  void judge_oauth() {
    const OauthSection& oauth = config_.oauth;
    if (oauth.embedded && oauth.token_keys.path.empty()) {
      find(oauth.place, "embedded = true needs token_keys");
    }
    if (oauth.embedded && !oauth.jwks_uri.empty()) {
      find(oauth.place, "jwks_uri is for the issuer of somebody else; embedded = true is none");
    }
    if (!oauth.embedded && !config_.clients.empty()) {
      find(config_.clients.front().place, "[[oauth.client]] needs embedded = true in [oauth]");
    }
    const bool asks = !oauth.introspection_url.empty();
    if (asks &&
        (oauth.introspection_client_id.empty() || oauth.introspection_client_secret.empty())) {
      find(oauth.place, "introspection needs url, client_id and client_secret");
    }
    const bool nobody = oauth.issuer.empty() && !asks && config_.static_tokens.empty();
    if (nobody) {
      find(
          oauth.place,
          "nobody could call: [oauth] needs embedded, issuer or introspection, or [[oauth.token]]");
    }
  }

  void judge_clients() {
    std::set<std::string_view> names;
    for (const ClientSection& client : config_.clients) {
      if (client.client_id.empty()) continue;
      if (!names.insert(client.client_id).second) {
        find(client.place, "client_id " + client.client_id + " occurs twice");
      }
      if (client.secret_sha256.size() > secrets_max) {
        find(client.place, "secret_sha256: at most two");
      }
      if (client.secret_sha256.empty() && client.jwks.path.empty()) {
        find(client.place,
             client.client_id + " cannot authenticate: it needs secret_sha256 or jwks");
      }
    }
  }

  void judge_tenants() {
    judge_tenant(config_.transmitter, "[transmitter]");
    std::set<std::string_view> issuers{config_.transmitter.issuer};
    for (const TenantSection& tenant : config_.tenants) {
      judge_tenant(tenant, "[[transmitter.tenant]]");
      if (!tenant.issuer.empty() && !issuers.insert(tenant.issuer).second) {
        find(tenant.place, "issuer " + tenant.issuer + " occurs twice");
      }
    }
  }

  void judge_tenant(const TenantSection& tenant, const std::string& table) {
    if (tenant.issuer.empty()) find(tenant.place, table + " needs issuer");
    if (tenant.signing_keys.path.empty()) find(tenant.place, table + " needs signing.keys");
    if (tenant.events.empty()) find(tenant.place, table + " offers no events");
    if (!tenant.push && !tenant.poll) {
      find(tenant.place, table + " offers neither push nor poll");
    }
  }

  bool is_ours(std::string_view issuer) const {
    return issuer == config_.transmitter.issuer ||
           std::any_of(config_.tenants.begin(), config_.tenants.end(),
                       [issuer](const TenantSection& tenant) { return tenant.issuer == issuer; });
  }

  void judge_issuer(const ConfigPlace& place, const std::string& issuer) {
    if (!issuer.empty() && !is_ours(issuer)) {
      find(place, "issuer " + issuer +
                      " is none of ours: not in [transmitter] and in no "
                      "[[transmitter.tenant]]");
    }
  }

  void judge_callers() {
    std::set<std::string> receivers;
    for (const ReceiverSection& receiver : config_.receivers) {
      judge_issuer(receiver.place, receiver.issuer);
      if (!receivers
               .insert(receiver.issuer + '\n' + receiver.token_issuer + '\n' + receiver.client_id)
               .second) {
        find(receiver.place, "receiver " + receiver.client_id + " occurs twice");
      }
      if ((receiver.subjects == "listed") != !receiver.subjects_listed.empty()) {
        find(receiver.place, "subjects = \"listed\" and subjects_listed come together");
      }
    }
    std::set<std::string> producers;
    for (const ProducerSection& producer : config_.producers) {
      for (const std::string& issuer : producer.issuers) judge_issuer(producer.place, issuer);
      if (!producers.insert(producer.token_issuer + '\n' + producer.client_id).second) {
        find(producer.place, "producer " + producer.client_id + " occurs twice");
      }
    }
  }

  void judge_upstreams() {
    std::set<std::string_view> names;
    for (const UpstreamSection& upstream : config_.upstreams) {
      if (!upstream.name.empty() && !names.insert(upstream.name).second) {
        find(upstream.place, "upstream " + upstream.name + " occurs twice");
      }
      judge_upstream(upstream);
    }
  }

  void judge_upstream(const UpstreamSection& upstream) {
    const bool is_push = upstream.delivery == "push";
    if (is_push == upstream.authorization_header.empty()) {
      find(upstream.place,
           "upstream " + upstream.name +
               ": delivery = \"push\" and authorization_header come together (SEC-30)");
    }
    const bool is_client = !upstream.client_id.empty() || !upstream.token_url.empty();
    if (is_client != upstream.token.empty()) {
      find(upstream.place,
           "upstream " + upstream.name + " needs auth.token, or auth.token_url and auth.client_id");
      return;
    }
    if (!is_client) return;
    if (upstream.client_id.empty() || upstream.token_url.empty()) {
      find(upstream.place, "auth.token_url and auth.client_id come together");
    }
    if (upstream.client_secret.empty() == upstream.client_key.path.empty()) {
      find(upstream.place, "auth.client_id needs one of auth.client_secret and auth.client_key");
    }
  }

  void judge_sinks() {
    std::set<std::string_view> names;
    for (const SinkSection& sink : config_.sinks) {
      if (!sink.name.empty() && !names.insert(sink.name).second) {
        find(sink.place, "sink " + sink.name + " occurs twice");
      }
      if (!config_.receives()) {
        find(sink.place, "[[sink]] needs a [[receiver.upstream]] to take SETs from");
      }
      for (const std::string& name : sink.upstreams) {
        const auto is_it = [&](const UpstreamSection& upstream) { return upstream.name == name; };
        if (std::ranges::none_of(config_.upstreams, is_it)) {
          find(sink.place, "upstreams: there is no upstream " + name);
        }
      }
      const bool is_webhook = sink.type == "webhook";
      if (is_webhook && (sink.url.empty() || sink.secret.empty())) {
        find(sink.place, "a webhook needs url and secret");
      }
      if (is_webhook != sink.path.empty()) {
        find(sink.place, "path is for type = \"ndjson\", which needs it");
      }
    }
  }

  const Config& config_;
  std::vector<ConfigFinding>& findings_;
};

void default_to(std::string& value, const std::string& other) {
  if (value.empty()) value = other;
}

}  // namespace

void complete_config(Config& config) {
  default_to(config.transmitter.issuer, config.server.public_url);
  if (config.oauth.embedded) default_to(config.oauth.issuer, config.server.public_url);
  if (config.oauth.audience.empty()) {
    config.oauth.audience.push_back(config.transmitter.issuer);
    for (const TenantSection& tenant : config.tenants) {
      config.oauth.audience.push_back(tenant.issuer);
    }
  }
  const std::string token_issuer = config.oauth.issuer.empty() ? "static" : config.oauth.issuer;
  for (UpstreamSection& upstream : config.upstreams) {
    default_to(upstream.description, config.server.public_url + ": " + upstream.name);
    default_to(upstream.assertion_audience, upstream.token_url);
  }
  for (ReceiverSection& receiver : config.receivers) {
    default_to(receiver.issuer, config.transmitter.issuer);
    default_to(receiver.token_issuer, token_issuer);
  }
  for (ProducerSection& producer : config.producers) {
    if (producer.issuers.empty()) producer.issuers.push_back(config.transmitter.issuer);
    default_to(producer.token_issuer, token_issuer);
  }
}

void judge_config(const Config& config, std::vector<ConfigFinding>& findings) {
  Judge(config, findings).judge();
}

}  // namespace tocsin::app
