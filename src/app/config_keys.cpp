#include "app/config_keys.h"

#include <array>
#include <charconv>

#include "app/config_rules.h"

namespace tocsin::app {
namespace {

template <class Member>
struct OwnerOf;
template <class Owner, class Value>
struct OwnerOf<Value Owner::*> {
  using type = Owner;
};

template <auto member>
KeyTarget target_of(void* section) {
  using Owner = typename OwnerOf<decltype(member)>::type;
  return &(static_cast<Owner*>(section)->*member);
}

template <class Section>
ConfigPlace* place_of(void* section) {
  return &static_cast<Section*>(section)->place;
}

template <auto member>
void* single(Config& config) {
  return &(config.*member);
}

template <auto member>
void* one_more(Config& config) {
  return &(config.*member).emplace_back();
}

template <auto member>
constexpr ConfigKey key(std::string_view name, ConfigKey facts) {
  facts.name = name;
  facts.target = target_of<member>;
  return facts;
}

constexpr std::uint64_t second = 1000;  // in milliseconds, as all times of the table
constexpr std::uint64_t hour = 3600 * second;
constexpr std::uint64_t day = 24 * hour;

const std::array server_keys{
    key<&ServerSection::listen>("listen",
                                {.about = "Where it listens. Port 0: the kernel chooses."}),
    key<&ServerSection::public_url>(
        "public_url",
        {.about = "How the world reaches it. Every URL it publishes begins with this or with an "
                  "issuer, never with what a request says.",
         .rule = rule::origin}),
    key<&ServerSection::tls_certificate>(
        "tls.certificate",
        {.about = "PEM: the certificate, then its intermediates. Without one the listener is plain "
                  "HTTP, which is accepted on loopback and from trusted_proxies."}),
    key<&ServerSection::tls_key>("tls.key", {.about = "PEM, mode 0600."}),
    key<&ServerSection::tls_ocsp>("tls.ocsp", {.about = "DER: an OCSP response to staple."}),
    key<&ServerSection::connections_max>(
        "connections_max", {.about = "Open connections; 0: nine tenths of the descriptor limit."}),
    key<&ServerSection::connections_per_peer_max>(
        "connections_per_peer_max",
        {.about = "Open connections of one address (IPv6: of one /64), unless it is a trusted "
                  "proxy.",
         .min = 1}),
    key<&ServerSection::trusted_proxies>(
        "trusted_proxies",
        {.about = "Proxies whose word counts about who asks, for limits and logs. With some, plain "
                  "HTTP is accepted beyond loopback, too, from them alone.",
         .rule = rule::network}),
    key<&ServerSection::proxy_header>(
        "proxy_header",
        {.about = "The header in which these proxies say who asks, each adding whom it saw. Only "
                  "this one is read.",
         .rule = rule::proxy_header}),
};

const std::array admin_keys{
    key<&AdminSection::listen>("listen", {.about = "Health and metrics. Keep it on loopback."}),
    key<&AdminSection::token>(
        "token",
        {.about = "The bearer token that reads /metrics, at least 32 characters. Without one "
                  "the listener answers /livez and /readyz only."}),
};

const std::array store_keys{
    key<&StoreSection::url>("url",
                            {.about = "The database: sqlite:FILE.", .rule = rule::store_url}),
    key<&StoreSection::key>(
        "key",
        {.about = "What encrypts secrets in the database and keys in key files: 32 octets as "
                  "base64url. What was sealed with another key is not opened."}),
    key<&StoreSection::octets_max>(
        "octets_max",
        {.about =
             "How large the database may be. Past 85 % of it events are refused with 503 while "
             "deliveries go on; 0: as large as its disk.",
         .max = std::uint64_t{1} << 46}),
    key<&StoreSection::disk_free_min>(
        "disk_free_min",
        {.about =
             "Octets of the database's disk that events leave free: with less they are refused "
             "with 503 while deliveries go on.",
         .max = std::uint64_t{1} << 46}),
    key<&StoreSection::pending_retention>(
        "pending_retention",
        {.about = "How long a SET waits for its receiver before it expires, which is recorded.",
         .min = hour,
         .max = 365 * day}),
    key<&StoreSection::payload_retention>(
        "payload_retention",
        {.about = "How long the ledger shows what was delivered, rejected, expired or withdrawn, "
                  "and its event is kept.",
         .min = hour,
         .max = 365 * day}),
    key<&StoreSection::dedup_retention>(
        "dedup_retention",
        {.about = "How long a producer's key and a received SET are known again, by hashes.",
         .min = day,
         .max = 3650 * day}),
    key<&StoreSection::plain_keys>(
        "plain_keys", {.about = "Take key files that are not sealed, too, such as those another "
                                "tool writes. A warning at start and a metric tell of it."}),
};

const std::array oauth_keys{
    key<&OauthSection::embedded>(
        "embedded", {.about = "Be the token endpoint, too, for the clients in [[oauth.client]]."}),
    key<&OauthSection::token_keys>("token_keys",
                                   {.about = "Embedded: the key file that signs access tokens, "
                                             "sealed and of mode 0600; signs nothing "
                                             "else."}),
    key<&OauthSection::token_lifetime>(
        "token_lifetime",
        {.about = "Embedded: how long an access token lives.", .min = second, .max = hour}),
    key<&OauthSection::issuer>(
        "issuer",
        {.about =
             "Whose JWT access tokens are accepted, compared octet by octet. Embedded: what we "
             "are called, public_url unless said otherwise.",
         .rule = rule::issuer}),
    key<&OauthSection::jwks_uri>(
        "jwks_uri",
        {.about = "Where that issuer's keys are; found through its metadata without it.",
         .rule = rule::url}),
    key<&OauthSection::audience>(
        "audience",
        {.about = "Our resource identifiers, one of which a token's aud must hold; the issuers of "
                  "the transmitter unless said otherwise.",
         .rule = rule::uri}),
    key<&OauthSection::introspection_url>(
        "introspection.url",
        {.about = "Where opaque tokens are asked about (RFC 7662).", .rule = rule::url}),
    key<&OauthSection::introspection_client_id>("introspection.client_id",
                                                {.about = "Who we are there.", .rule = rule::name}),
    key<&OauthSection::introspection_client_secret>("introspection.client_secret",
                                                    {.about = "How we prove it."}),
    key<&OauthSection::finer_scopes>("finer_scopes",
                                     {.about = "Accept ssf.manage.create and its kind as well."}),
};

const std::array client_keys{
    key<&ClientSection::client_id>("client_id", {.about = "Its name at the token endpoint.",
                                                 .reload = Reload::yes,
                                                 .rule = rule::name,
                                                 .required = true}),
    key<&ClientSection::secret_sha256>(
        "secret_sha256", {.about = "Hashes of its secrets, two while one replaces the other.",
                          .reload = Reload::yes,
                          .rule = rule::sha256}),
    key<&ClientSection::jwks>(
        "jwks", {.about = "Its public keys, for private_key_jwt.", .reload = Reload::yes}),
    key<&ClientSection::scopes>("scopes", {.about = "What its tokens may have.",
                                           .reload = Reload::yes,
                                           .rule = rule::scope,
                                           .required = true}),
};

const std::array static_token_keys{
    key<&StaticTokenSection::client_id>("client_id", {.about = "Whose token it is.",
                                                      .reload = Reload::yes,
                                                      .rule = rule::name,
                                                      .required = true}),
    key<&StaticTokenSection::token_sha256>(
        "token_sha256", {.about = "The hash of the token; the token has at least 32 characters.",
                         .reload = Reload::yes,
                         .rule = rule::sha256,
                         .required = true}),
    key<&StaticTokenSection::scopes>(
        "scopes",
        {.about = "What it allows.", .reload = Reload::yes, .rule = rule::scope, .required = true}),
};

const std::array tenant_keys{
    key<&TenantSection::issuer>(
        "issuer",
        {.about = "The iss of its SETs and the start of its URLs. [transmitter]: public_url unless "
                  "said otherwise.",
         .rule = rule::issuer}),
    key<&TenantSection::signing_algorithm>(
        "signing.algorithm",
        {.about =
             "What SETs are signed with: the newest key of this algorithm in the key file that "
             "is two hours old, so that everybody has seen it.",
         .reload = Reload::yes,
         .rule = rule::algorithm}),
    key<&TenantSection::signing_keys>(
        "signing.keys",
        {.about = "The key file, sealed and of mode 0600. All its public halves are published.",
         .reload = Reload::yes}),
    key<&TenantSection::default_subjects>(
        "default_subjects", {.about = "Whether a new stream has every subject or none.",
                             .rule = rule::default_subjects}),
    key<&TenantSection::events>(
        "events", {.about = "The event types it offers.", .rule = rule::event_pattern}),
    key<&TenantSection::critical_subject_members>(
        "critical_subject_members",
        {.about = "Members of complex subjects that a receiver must understand.",
         .rule = rule::scope}),
    key<&TenantSection::push>("push", {.about = "Offer delivery by push (RFC 8935)."}),
    key<&TenantSection::poll>("poll", {.about = "Offer delivery by poll (RFC 8936)."}),
    key<&TenantSection::strict_poll_order>(
        "strict_poll_order",
        {.about = "A poll gets the next event of a subject once the one before it is acknowledged: "
                  "the SETs of one answer have no order."}),
    key<&TenantSection::min_verification_interval>(
        "min_verification_interval",
        {.about = "The least time between two verification requests; 0s: none.", .max = day}),
    key<&TenantSection::inactivity_timeout>(
        "inactivity_timeout",
        {.about = "How long a stream may be silent before it is paused; 0s: for ever.",
         .max = 365 * day}),
    key<&TenantSection::streams_max>(
        "streams_max", {.about = "Streams of one receiver.", .min = 1, .max = 10'000}),
    key<&TenantSection::subjects_max>("subjects_max",
                                      {.about = "Subjects of one stream.", .min = 1}),
    key<&TenantSection::removal_grace>(
        "removal_grace",
        {.about = "How long the events of a subject go on after a receiver removed it; 0s: not at "
                  "all.",
         .max = 30 * day}),
};

const std::array receiver_keys{
    key<&ReceiverSection::client_id>("client_id", {.about = "The client that owns the streams.",
                                                   .reload = Reload::yes,
                                                   .rule = rule::name,
                                                   .required = true}),
    key<&ReceiverSection::token_issuer>(
        "token_issuer",
        {.about = "Who vouches for that client: an authorization server's issuer, or static. "
                  "[oauth].issuer unless said otherwise.",
         .reload = Reload::yes}),
    key<&ReceiverSection::issuer>(
        "issuer",
        {.about = "Which of our issuers it is a receiver of; [transmitter].issuer unless said "
                  "otherwise.",
         .reload = Reload::yes,
         .rule = rule::issuer}),
    key<&ReceiverSection::audience>(
        "audience", {.about = "The aud of its SETs; without one each stream has its own.",
                     .reload = Reload::yes,
                     .rule = rule::uri}),
    key<&ReceiverSection::events>(
        "events", {.about = "Event types it may have; all that the issuer offers if none is named.",
                   .reload = Reload::yes,
                   .rule = rule::event_pattern}),
    key<&ReceiverSection::subjects>("subjects",
                                    {.about = "Subjects it may have: all, those listed, or none.",
                                     .reload = Reload::yes,
                                     .rule = rule::subject_scope}),
    key<&ReceiverSection::subjects_listed>(
        "subjects_listed",
        {.about =
             "What they cover: {\"format\":\"complex\",\"tenant\":{...}} is everything in that "
             "tenant.",
         .reload = Reload::yes,
         .rule = rule::subject}),
};

const std::array producer_keys{
    key<&ProducerSection::client_id>("client_id", {.about = "The client that hands in events.",
                                                   .reload = Reload::yes,
                                                   .rule = rule::name,
                                                   .required = true}),
    key<&ProducerSection::token_issuer>(
        "token_issuer",
        {.about = "Who vouches for that client; as for receivers.", .reload = Reload::yes}),
    key<&ProducerSection::issuers>(
        "issuers", {.about = "Of which of our issuers; [transmitter].issuer if none is named.",
                    .reload = Reload::yes,
                    .rule = rule::issuer}),
    key<&ProducerSection::events>(
        "events",
        {.about = "Event types it may publish; all that the issuer offers if none is named.",
         .reload = Reload::yes,
         .rule = rule::event_pattern}),
    key<&ProducerSection::subjects>(
        "subjects",
        {.about = "Subjects it may publish about, each a format or a format and where its "
                  "identifiers come from; all of formats that a specification describes if none is "
                  "listed.",
         .reload = Reload::yes,
         .rule = rule::subject_namespace}),
};

const std::array delivery_keys{
    key<&DeliverySection::retry_first>(
        "retry_first",
        {.about = "How long the first retry waits at most. Each further one may wait twice as "
                  "long, and waits any part of that.",
         .min = 100,
         .max = hour}),
    key<&DeliverySection::retry_last>(
        "retry_last", {.about = "The longest that a retry waits, unless the receiver asks for more "
                                "(Retry-After, an hour at most).",
                       .min = second,
                       .max = day}),
    key<&DeliverySection::give_up>(
        "give_up", {.about = "How long a receiver may fail before its stream is paused. Nothing is "
                             "dropped by it.",
                    .min = hour,
                    .max = 365 * day}),
};

const std::array receiving_keys{
    key<&ReceivingSection::retention>(
        "retention",
        {.about = "How long a SET that was taken is kept once every sink has it. That it was taken "
                  "is remembered longer.",
         .min = hour}),
};

const std::array upstream_keys{
    key<&UpstreamSection::name>(
        "name", {.about = "What its SETs are filed under, and the end of its push URL, "
                          "[server].public_url/push/NAME. A second stream of the same transmitter "
                          "is a second table with another name.",
                 .rule = rule::path_segment,
                 .required = true}),
    key<&UpstreamSection::issuer>(
        "issuer", {.about = "The transmitter: its metadata is found through it, and the iss of its "
                            "SETs must be the same, octet by octet.",
                   .rule = rule::issuer,
                   .required = true}),
    key<&UpstreamSection::metadata_url>(
        "metadata_url", {.about = "Where its metadata is, if not at the well-known path of the "
                                  "issuer.",
                         .rule = rule::url}),
    key<&UpstreamSection::jwks_url>(
        "jwks_url",
        {.about = "Where its keys are, if its metadata does not say.", .rule = rule::url}),
    key<&UpstreamSection::profile>(
        "profile", {.about = "How strictly its SETs are read: ssf1, or caep-interop, which adds "
                             "what the interoperability profile demands.",
                    .rule = rule::profile}),
    key<&UpstreamSection::delivery>("delivery", {.about = "push or poll.", .rule = rule::delivery}),
    key<&UpstreamSection::events>(
        "events", {.about = "The event types that are asked for; all that the transmitter has if "
                            "none is named.",
                   .rule = rule::event_pattern}),
    key<&UpstreamSection::audience>(
        "audience", {.about = "The aud that its stream must have; what the transmitter says if "
                              "none is named.",
                     .rule = rule::uri}),
    key<&UpstreamSection::stream_id>(
        "stream_id",
        {.about = "The stream to use. Without one it is found, or made.", .rule = rule::name}),
    key<&UpstreamSection::description>(
        "description", {.about = "What the stream is called at the transmitter, and known by; "
                                 "public_url and name unless said otherwise."}),
    key<&UpstreamSection::authorization_header>(
        "authorization_header", {.about = "Push: what the transmitter must send as Authorization, "
                                          "the whole value. It is told when the stream is made."}),
    key<&UpstreamSection::ca_file>(
        "ca_file", {.about = "PEM: the authorities that vouch for this transmitter; those of "
                             "[outbound] unless said otherwise."}),
    key<&UpstreamSection::token>("auth.token",
                                 {.about = "A bearer token that is good as it stands."}),
    key<&UpstreamSection::token_url>(
        "auth.token_url",
        {.about = "Where access tokens are to be had by client credentials.", .rule = rule::url}),
    key<&UpstreamSection::client_id>("auth.client_id",
                                     {.about = "Who we are there.", .rule = rule::name}),
    key<&UpstreamSection::client_secret>("auth.client_secret",
                                         {.about = "How we prove it, by HTTP Basic."}),
    key<&UpstreamSection::secret_in_form>("auth.secret_in_form", {.about = "Or in the form."}),
    key<&UpstreamSection::client_key>(
        "auth.client_key", {.about = "Or by private_key_jwt: a key file as `tocsin key new` makes "
                                     "it, mode 0600; its newest key signs."}),
    key<&UpstreamSection::assertion_audience>(
        "auth.assertion_audience",
        {.about = "Its aud: the server's issuer; token_url unless said otherwise.",
         .rule = rule::uri}),
    key<&UpstreamSection::scope>("auth.scope", {.about = "What is asked for."}),
    key<&UpstreamSection::verify_every>(
        "verify_every", {.about = "How often a verification event is asked for. One that does not "
                                  "come is an alarm.",
                         .min = 10 * second,
                         .max = 7 * day}),
};

const std::array sink_keys{
    key<&SinkSection::name>("name", {.about = "What its place in the inbox is kept under: with "
                                              "another name it begins anew.",
                                     .rule = rule::path_segment,
                                     .required = true}),
    key<&SinkSection::type>(
        "type", {.about = "ndjson or webhook.", .rule = rule::sink_type, .required = true}),
    key<&SinkSection::upstreams>("upstreams",
                                 {.about = "Whose SETs it gets; all if none is named."}),
    key<&SinkSection::events>("events", {.about = "Which events it gets; all if none is named.",
                                         .rule = rule::event_pattern}),
    key<&SinkSection::path>("path", {.about = "ndjson: the file that lines are appended to; - is "
                                              "the standard output."}),
    key<&SinkSection::url>("url",
                           {.about = "webhook: where each event is posted.", .rule = rule::url}),
    key<&SinkSection::secret>(
        "secret", {.about = "webhook: what its posts are signed with (Standard Webhooks), whsec_ "
                            "and base64."}),
    key<&SinkSection::refusals_max>(
        "refusals_max",
        {.about = "webhook: an event that was refused so often is set aside. While nobody "
                  "answers, everything waits.",
         .min = 1,
         .max = 1000}),
};

const std::array outbound_keys{
    key<&OutboundSection::ca_file>(
        "ca_file",
        {.about = "PEM: the authorities that vouch for receivers and issuers; the system's unless "
                  "said otherwise."}),
    key<&OutboundSection::allow_networks>(
        "allow_networks",
        {.about = "Networks that are called although they are not global.", .rule = rule::network}),
    key<&OutboundSection::allow_hosts>(
        "allow_hosts",
        {.about = "Hosts that are called wherever their name leads.", .rule = rule::host}),
    key<&OutboundSection::allow_plain_http>(
        "allow_plain_http", {.about = "Hosts that are called without TLS.", .rule = rule::host}),
    key<&OutboundSection::connections_per_host_max>(
        "connections_per_host_max",
        {.about = "Connections to one host.", .min = 1, .max = 100'000}),
    key<&OutboundSection::connections_max>(
        "connections_max", {.about = "Connections to all hosts.", .min = 1, .max = 100'000}),
};

const std::array log_keys{
    key<&LogSection::level>("level", {.about = "The least important lines that are written.",
                                      .reload = Reload::yes,
                                      .rule = rule::log_level}),
};

const std::array tables{
    ConfigTable{"server", false, "The public listener.", server_keys, single<&Config::server>,
                place_of<ServerSection>},
    ConfigTable{"admin", false, "The operator's listener.", admin_keys, single<&Config::admin>,
                place_of<AdminSection>},
    ConfigTable{"store", false, "Where streams, subjects and SETs are kept.", store_keys,
                single<&Config::store>, place_of<StoreSection>},
    ConfigTable{"oauth", false, "Who may call us.", oauth_keys, single<&Config::oauth>,
                place_of<OauthSection>},
    ConfigTable{"oauth.client", true, "A client of the embedded token endpoint.", client_keys,
                one_more<&Config::clients>, place_of<ClientSection>},
    ConfigTable{"oauth.token", true, "A bearer token for a small set-up.", static_token_keys,
                one_more<&Config::static_tokens>, place_of<StaticTokenSection>},
    ConfigTable{"transmitter", false, "What we are to our receivers.", tenant_keys,
                single<&Config::transmitter>, place_of<TenantSection>},
    ConfigTable{"transmitter.tenant", true,
                "One more issuer, with keys, receivers and URLs of its own.", tenant_keys,
                one_more<&Config::tenants>, place_of<TenantSection>},
    ConfigTable{"transmitter.receiver", true, "Who may have streams, and what they may carry.",
                receiver_keys, one_more<&Config::receivers>, place_of<ReceiverSection>},
    ConfigTable{"transmitter.producer", true, "Who may hand in events.", producer_keys,
                one_more<&Config::producers>, place_of<ProducerSection>},
    ConfigTable{"delivery", false, "How long a SET is tried, and how often.", delivery_keys,
                single<&Config::delivery>, place_of<DeliverySection>},
    ConfigTable{"receiver", false, "What is common to all upstreams.", receiving_keys,
                single<&Config::receiving>, place_of<ReceivingSection>},
    ConfigTable{"receiver.upstream", true, "A transmitter whose SETs we take, by one stream.",
                upstream_keys, one_more<&Config::upstreams>, place_of<UpstreamSection>},
    ConfigTable{"sink", true, "Where SETs that were taken go.", sink_keys, one_more<&Config::sinks>,
                place_of<SinkSection>},
    ConfigTable{"outbound", false, "Calls we make: pushes, keys, introspection.", outbound_keys,
                single<&Config::outbound>, place_of<OutboundSection>},
    ConfigTable{"log", false, "One JSON object a line, on stderr.", log_keys, single<&Config::log>,
                place_of<LogSection>},
};

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};
constexpr std::array units{Unit{"ms", 1}, Unit{"s", second}, Unit{"m", 60 * second},
                           Unit{"h", hour}, Unit{"d", day}};
constexpr std::uint64_t span_max = 100 * 365 * day;

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

}  // namespace

std::span<const ConfigTable> config_tables() {
  return tables;
}

std::string_view type_name(const KeyTarget& target) {
  constexpr std::array<std::string_view, std::variant_size_v<KeyTarget>> names{
      "text",          "true or false",    "number",         "time",
      "list of texts", "address and port", "file reference", "secret reference"};
  return names[target.index()];
}

std::string to_text(const KeyTarget& target) {
  struct Writer {
    std::string operator()(const std::string* value) const { return quoted(*value); }
    std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
    std::string operator()(const std::uint64_t* value) const { return std::to_string(*value); }
    std::string operator()(const std::chrono::milliseconds* value) const {
      return quoted(app::to_text(*value));
    }
    std::string operator()(const std::vector<std::string>* value) const {
      std::string list;
      for (const std::string& text : *value) list += (list.empty() ? "" : ", ") + quoted(text);
      return '[' + list + ']';
    }
    std::string operator()(const ListenAddress* value) const { return quoted(value->to_text()); }
    std::string operator()(const FileReference* value) const {
      return quoted(value->path.empty() ? "" : "file:" + value->path);
    }
    std::string operator()(const SecretReference* value) const { return quoted(value->to_text()); }
  };
  return std::visit(Writer{}, target);
}

std::string variable_name(const ConfigTable& table, const ConfigKey& key) {
  std::string name = "TOCSIN_";
  for (const char c : std::string(table.path) + '.' + std::string(key.name)) {
    if (c == '.') {
      name += "__";
    } else {
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return name;
}

std::optional<std::chrono::milliseconds> parse_span(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc()) return {};
  const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units) {
    if (name == unit.name && count <= span_max / unit.milliseconds) {
      return std::chrono::milliseconds(count * unit.milliseconds);
    }
  }
  return {};
}

std::string to_text(std::chrono::milliseconds span) {
  const auto count = static_cast<std::uint64_t>(span.count());
  if (count == 0) return "0s";
  std::string text;
  for (const Unit& unit : units) {
    if (count % unit.milliseconds == 0) {
      text = std::to_string(count / unit.milliseconds) + std::string(unit.name);
    }
  }
  return text;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  const auto address = parse_ip_address(host);
  if (!address || is_bracketed != (address->family == IpAddress::Family::v6)) return {};
  std::uint16_t number = 0;
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (failure != std::errc() || end != port.data() + port.size()) return {};
  return ListenAddress{*address, number};
}

}  // namespace tocsin::app
