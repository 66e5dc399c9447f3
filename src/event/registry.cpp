// The table of event types. The only place that walks every shape, and so the one file here that
// takes its time to compile.
#include "event/registry.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "event/reader.h"
#include "event/shapes/caep.h"
#include "event/shapes/oauth.h"
#include "event/shapes/risc.h"
#include "event/shapes/scim.h"
#include "event/shapes/ssf.h"
#include "event/writer.h"

namespace tocsin {
namespace {

template <class Type>
void judge(const Type& event, Judge::Origin origin, Strictness strictness, const JsonPath& where,
           Findings& findings) {
  Judge walker(event.extra, origin, strictness, where, findings);
  Shape<Type>::members(walker, event);
  if constexpr (requires { Shape<Type>::judge(walker, event); }) Shape<Type>::judge(walker, event);
}

template <class Type>
constexpr EventType describe_type{
    .uri = Shape<Type>::type,
    .subject = Shape<Type>::subject,
    .read =
        [](JsonObject payload, Strictness strictness, const JsonPath& where, Findings& findings) {
          Event result(std::in_place_type<Type>);
          Type& event = *std::get_if<Type>(&result);
          Reader reader(std::move(payload), strictness, where, findings);
          Shape<Type>::members(reader, event);
          event.extra = std::move(reader).finish();
          judge(event, Judge::Origin::read, strictness, where, findings);
          return result;
        },
    .write =
        [](const Event& event, JsonSink& sink) {
          const Type& known = *std::get_if<Type>(&event);
          Writer writer(sink);
          Shape<Type>::members(writer, known);
          writer.finish(known.extra);
        },
    .judge =
        [](const Event& event, Judge::Origin origin, Strictness strictness, const JsonPath& where,
           Findings& findings) {
          judge(*std::get_if<Type>(&event), origin, strictness, where, findings);
        },
};

// In the order of the variant, so that an event's index is its row.
constexpr auto table = []<std::size_t... Index>(std::index_sequence<Index...>) {
  return std::array{describe_type<std::variant_alternative_t<Index, EventVariant>>...};
}(std::make_index_sequence<known_types>());

constexpr auto uris = [] {
  std::array<std::string_view, known_types> result;
  for (std::size_t i = 0; i < known_types; ++i) result[i] = table[i].uri;
  return result;
}();

// A perfect hash: no two URIs share a slot, so a look-up is two multiplications and one comparison.
// The last sixteen octets and the length tell the URIs apart; the compiler looks for a factor that
// spreads them over the slots.
constexpr std::size_t slot_bits = 8;
constexpr std::uint8_t no_row = 0xff;
constexpr std::size_t tail_octets = 16;

constexpr std::uint64_t eight_octets(std::string_view text) {
  std::uint64_t octets = 0;
  for (std::size_t i = 0; i < 8; ++i) octets = octets << 8 | static_cast<std::uint8_t>(text[i]);
  return octets;
}

constexpr std::uint64_t tail_of(std::string_view uri) {
  const std::string_view tail = uri.substr(uri.size() - tail_octets);
  return eight_octets(tail.substr(8)) ^ eight_octets(tail) * 0x9e3779b97f4a7c15 ^ uri.size();
}

struct Slots {
  std::uint64_t factor = 0xd6e8feb86659fd93;
  std::array<std::uint8_t, std::size_t{1} << slot_bits> rows{};

  constexpr std::size_t slot_of(std::uint64_t tail) const {
    return static_cast<std::size_t>(tail * factor >> (64 - slot_bits));
  }
};

constexpr Slots slots = [] {
  std::array<std::uint64_t, known_types> tails{};
  for (std::size_t row = 0; row < known_types; ++row) tails[row] = tail_of(uris[row]);
  Slots result;
  while (true) {
    result.rows.fill(no_row);
    std::size_t row = 0;
    for (; row < known_types; ++row) {
      std::uint8_t& slot = result.rows[result.slot_of(tails[row])];
      if (slot != no_row) break;
      slot = static_cast<std::uint8_t>(row);
    }
    if (row == known_types) return result;
    result.factor += 0xd1342543de82ef96;  // even: the factor stays odd
  }
}();

// What later drafts renamed, as whole URIs.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> renamed{{
    {"https://schemas.openid.net/secevent/sse/event-type/verification",
     Shape<ssf::Verification>::type},
    {"https://schemas.openid.net/secevent/risc/event-type/verification",
     Shape<ssf::Verification>::type},
    {"https://schemas.openid.net/secevent/sse/event-type/stream-updated",
     Shape<ssf::StreamUpdated>::type},
    {"https://schemas.openid.net/secevent/caep/event-type/stream-updated",
     Shape<ssf::StreamUpdated>::type},
    {"https://schemas.openid.net/secevent/caep/event-type/token-claims-changed",
     Shape<caep::TokenClaimsChange>::type},
    {"https://schemas.openid.net/secevent/caep/event-type/credential-compromise",
     Shape<risc::CredentialCompromise>::type},
}};

}  // namespace

const EventType* find_event_type(std::string_view uri) noexcept {
  if (uri.size() < tail_octets) return nullptr;
  const std::uint8_t row = slots.rows[slots.slot_of(tail_of(uri))];
  if (row == no_row || table[row].uri != uri) return nullptr;
  return &table[row];
}

const EventType* find_renamed_event_type(std::string_view uri) {
  for (const auto& [old_name, name] : renamed) {
    if (uri == old_name) return find_event_type(name);
  }
  constexpr std::string_view caep_account =
      "https://schemas.openid.net/secevent/caep/event-type/account-";
  if (uri.starts_with(caep_account)) {
    return find_event_type("https://schemas.openid.net/secevent/risc/event-type/account-" +
                           std::string(uri.substr(caep_account.size())));
  }
  constexpr std::string_view scim_prefix = "urn:ietf:params:scim:event:";
  constexpr std::string_view scim_capitals = "urn:ietf:params:SCIM:event:";
  if (!uri.starts_with(scim_prefix) && !uri.starts_with(scim_capitals)) return nullptr;
  const std::string_view name = uri.substr(scim_prefix.size());
  return find_event_type(std::string(scim_prefix) +
                         std::string(name == "misc:asyncResp" ? "misc:asyncresp" : name));
}

const EventType* event_type_of(const Event& event) noexcept {
  return event.index() < known_types ? &table[event.index()] : nullptr;
}

std::span<const std::string_view> known_event_types() noexcept {
  return uris;
}

}  // namespace tocsin
