// What the operator decided, as plain values. Every member that is a default stands here and
// nowhere else: docs/configuration.md and `tocsin serve` read it from a Config made anew.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ip_address.h"

namespace tocsin::app {

// Where somebody wrote something: "tocsin.toml", 12, 1. Line 0: nowhere, it is a default or came
// from the environment.
struct ConfigPlace {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// One thing that is wrong with a configuration.
struct ConfigFinding {
  ConfigPlace place;
  std::string text;

  // "tocsin.toml:12:1: ..."
  std::string to_text() const;
};

struct ListenAddress {
  IpAddress address;
  std::uint16_t port = 0;  // 0: the kernel chooses

  bool is_loopback() const noexcept;
  std::string to_text() const;  // "127.0.0.1:8444", "[::1]:8444"
};

// "file:cert.pem". A relative path is relative to the folder of the configuration file, and is
// absolute from reading on. Empty: none.
struct FileReference {
  std::string path;
};

// "file:..." or "env:NAME": where a secret is, never the secret. Empty: none.
struct SecretReference {
  std::string file;
  std::string variable;

  bool empty() const noexcept { return file.empty() && variable.empty(); }
  std::string to_text() const;
};

struct ServerSection {
  ConfigPlace place;
  ListenAddress listen{IpAddress{}, 8443};
  std::string public_url;
  FileReference tls_certificate;
  FileReference tls_key;
  FileReference tls_ocsp;
  std::uint64_t connections_max = 0;
  std::uint64_t connections_per_peer_max = 1000;
  std::vector<std::string> trusted_proxies;
  std::string proxy_header = "X-Forwarded-For";
};

struct AdminSection {
  ConfigPlace place;
  ListenAddress listen{IpAddress{IpAddress::Family::v4, {127, 0, 0, 1}}, 8444};
  SecretReference token;
};

struct StoreSection {
  ConfigPlace place;
  std::string url = "sqlite:tocsin.db";
  SecretReference key;
  std::uint64_t octets_max = 0;
  std::uint64_t disk_free_min = 64 << 20;
  std::chrono::milliseconds pending_retention{std::chrono::hours(7 * 24)};
  std::chrono::milliseconds payload_retention{std::chrono::hours(7 * 24)};
  std::chrono::milliseconds dedup_retention{std::chrono::hours(30 * 24)};
  bool plain_keys = false;
};

// How SETs are delivered.
struct DeliverySection {
  ConfigPlace place;
  std::chrono::milliseconds retry_first{1000};
  std::chrono::milliseconds retry_last{std::chrono::hours(1)};
  std::chrono::milliseconds give_up{std::chrono::hours(72)};
};

struct OauthSection {
  ConfigPlace place;
  bool embedded = false;
  FileReference token_keys;
  std::chrono::milliseconds token_lifetime{600'000};
  std::string issuer;
  std::string jwks_uri;
  std::vector<std::string> audience;
  std::string introspection_url;
  std::string introspection_client_id;
  SecretReference introspection_client_secret;
  bool finer_scopes = false;
};

// A client of our own token endpoint.
struct ClientSection {
  ConfigPlace place;
  std::string client_id;
  std::vector<std::string> secret_sha256;
  FileReference jwks;
  std::vector<std::string> scopes;
};

// A bearer token that is good as it stands.
struct StaticTokenSection {
  ConfigPlace place;
  std::string client_id;
  std::string token_sha256;
  std::vector<std::string> scopes;
};

// An issuer of ours: [transmitter] itself, and every [[transmitter.tenant]].
struct TenantSection {
  ConfigPlace place;
  std::string issuer;
  std::string signing_algorithm = "RS256";
  FileReference signing_keys;
  std::string default_subjects = "ALL";
  std::vector<std::string> events{"caep:*", "risc:*"};
  std::vector<std::string> critical_subject_members;
  bool push = true;
  bool poll = true;
  bool strict_poll_order = false;
  std::chrono::milliseconds min_verification_interval{60'000};
  std::chrono::milliseconds inactivity_timeout{0};
  std::uint64_t streams_max = 10;
  std::uint64_t subjects_max = 1'000'000;
  std::chrono::milliseconds removal_grace{0};
};

struct ReceiverSection {
  ConfigPlace place;
  std::string client_id;
  std::string token_issuer;
  std::string issuer;
  std::vector<std::string> audience;
  std::vector<std::string> events;
  std::string subjects = "all";
  std::vector<std::string> subjects_listed;
};

struct ProducerSection {
  ConfigPlace place;
  std::string client_id;
  std::string token_issuer;
  std::vector<std::string> issuers;
  std::vector<std::string> events;
  std::vector<std::string> subjects;
};

// A transmitter whose SETs we take, by one stream.
struct UpstreamSection {
  ConfigPlace place;
  std::string name;
  std::string issuer;
  std::string metadata_url;
  std::string jwks_url;
  std::string profile = "ssf1";
  std::string delivery = "poll";
  std::vector<std::string> events;
  std::vector<std::string> audience;
  std::string stream_id;
  std::string description;
  SecretReference authorization_header;
  FileReference ca_file;
  SecretReference token;
  std::string token_url;
  std::string client_id;
  SecretReference client_secret;
  bool secret_in_form = false;
  FileReference client_key;
  std::string assertion_audience;
  std::string scope = "ssf.manage ssf.read";
  std::chrono::milliseconds verify_every{3'600'000};
};

// What is common to all upstreams.
struct ReceivingSection {
  ConfigPlace place;
  std::chrono::milliseconds retention{30LL * 24 * 3'600'000};
};

// Where SETs that were taken go.
struct SinkSection {
  ConfigPlace place;
  std::string name;
  std::string type;
  std::vector<std::string> upstreams;
  std::vector<std::string> events;
  std::string path;
  std::string url;
  SecretReference secret;
  std::uint64_t refusals_max = 3;
};

// Calls we make.
struct OutboundSection {
  ConfigPlace place;
  FileReference ca_file;
  std::vector<std::string> allow_networks;
  std::vector<std::string> allow_hosts;
  std::vector<std::string> allow_plain_http;
  std::uint64_t connections_per_host_max = 64;
  std::uint64_t connections_max = 1024;
};

struct LogSection {
  ConfigPlace place;
  std::string level = "info";
};

struct Config {
  std::string folder;          // of the configuration file; absolute
  std::string include_folder;  // whose files belong to it; absolute; empty: none
  ServerSection server;
  AdminSection admin;
  StoreSection store;
  OauthSection oauth;
  std::vector<ClientSection> clients;
  std::vector<StaticTokenSection> static_tokens;
  TenantSection transmitter;
  std::vector<TenantSection> tenants;
  std::vector<ReceiverSection> receivers;
  std::vector<ProducerSection> producers;
  DeliverySection delivery;
  ReceivingSection receiving;
  std::vector<UpstreamSection> upstreams;
  std::vector<SinkSection> sinks;
  OutboundSection outbound;
  LogSection log;

  // A transmitter is what has keys to sign with; without one there is something to receive.
  bool transmits() const noexcept {
    return !transmitter.signing_keys.path.empty() || !tenants.empty() || upstreams.empty();
  }
  bool receives() const noexcept { return !upstreams.empty(); }
};

}  // namespace tocsin::app
