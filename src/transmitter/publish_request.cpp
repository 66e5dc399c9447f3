#include "transmitter/publish_request.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "base/json_path.h"
#include "base/try.h"
#include "event/short_types.h"
#include "stream/object_reader.h"

namespace tocsin::transmitter {
namespace {

constexpr stream::Codes codes{Errc::publish_request, Errc::publish_request, Errc::publish_request};
constexpr std::string_view own_section = "docs/publishing.md";
constexpr JsonLimits limits{.text_max = publish_json_max,
                            .depth_max = 32,
                            .members_max = publish_items_max,
                            .string_max = publish_json_max};

bool is_printable(char c) {
  return c >= 0x20 && c < 0x7f;
}

class ItemReader {
 public:
  ItemReader(Json& json, const PublishRules& rules, Findings& findings)
      : rules_(rules), findings_(findings), reader_(json, root_, codes, own_section, findings) {}

  std::optional<PublishItem> read() {
    if (!reader_.is_object()) return std::nullopt;
    PublishItem item;
    judge_names();
    judge_tenant();
    read_claims(item);
    read_type();
    read_about(item);
    if (!type_.empty()) read_what(item);
    if (first_refusal(findings_, rules_.strictness, Direction::sent) != nullptr) {
      return std::nullopt;
    }
    judge_grant(item);
    if (!findings_.empty() && findings_.back().code == Errc::publish_denied) return std::nullopt;
    return item;
  }

 private:
  // Says where the member should be.
  Json* require(std::string_view name) {
    Json* member = reader_.find(name);
    if (member == nullptr) reader_.value(reader_.at(name), Level::must, "missing");
    return member;
  }

  void judge_names() {
    constexpr std::array<std::string_view, 7> known{"type", "subject", "event", "txn",
                                                    "toe",  "key",     "tenant"};
    for (const JsonMember& member : reader_.object()) {
      if (std::ranges::find(known, member.name) != known.end()) continue;
      reader_.value(reader_.at(member.name), Level::must, "no member of a request to publish");
    }
  }

  void judge_tenant() {
    const auto tenant = reader_.text("tenant");
    if (tenant && *tenant != rules_.issuer) {
      reader_.value(reader_.at("tenant"), Level::must, "another issuer's");
    }
  }

  void read_claims(PublishItem& item) {
    item.key = reader_.text("key");
    if (item.key && !is_producer_key(*item.key)) {
      reader_.value(reader_.at("key"), Level::must, "empty, too long or not printable ASCII");
    }
    item.txn = reader_.text("txn");
    if (item.txn && (item.txn->empty() || item.txn->size() > publish_txn_max)) {
      reader_.value(reader_.at("txn"), Level::must, "empty or too long");
    }
    if (const Json* toe = reader_.find("toe")) read_toe(*toe, item);
  }

  void read_toe(const Json& json, PublishItem& item) {
    const JsonPath path = reader_.at("toe");
    reader_.section("RFC 8417 2.2");
    if (json.as_number() == nullptr) {
      reader_.refuse_type(path, "a number");
    } else if (auto toe = NumericDate::from_number(*json.as_number())) {
      item.toe = *toe;
    } else {
      reader_.value(path, Level::must, "does not fit a time");
    }
    reader_.section(own_section);
  }

  void read_type() {
    if (require("type") == nullptr) return;
    const auto text = reader_.text("type");
    if (!text) return;
    auto type = expand_event_type(*text);
    if (!type) {
      reader_.add(Errc::event_unknown, Level::must, reader_.at("type"), "no type of its family");
      return;
    }
    // Verification and stream-updated are the engine's (SEC-17).
    if (type->starts_with("https://schemas.openid.net/secevent/ssf/")) {
      reader_.section("SSF 1.0 8.1.4");
      reader_.value(reader_.at("type"), Level::must, "only the transmitter itself sends it");
      reader_.section(own_section);
      return;
    }
    type_ = *std::move(type);
  }

  void read_about(PublishItem& item) {
    Json* subject = require("subject");
    if (subject == nullptr) return;
    if (auto read = read_subject(std::move(*subject), Strictness::strict, "/subject", findings_)) {
      item.subject = *std::move(read);
      has_subject_ = true;
    }
  }

  // Read as strictly as there is; what only the interoperability profile demands is asked after.
  void read_what(PublishItem& item) {
    Findings found;
    Json* payload = reader_.find("event");
    const EventContext strict{.strictness = Strictness::strict, .path = ""};
    item.event = read_event(type_, payload == nullptr ? Json(JsonObject()) : std::move(*payload),
                            strict, found);
    if (rules_.strictness == Strictness::interop) {
      Findings demanded;
      judge_event(item.event, {.strictness = Strictness::interop, .path = ""}, demanded);
      std::erase_if(demanded, [](const Finding& each) { return each.level != Level::interop; });
      std::ranges::move(demanded, std::back_inserter(found));
    }
    judge_event_to_send(item.event, strict, found);
    if (has_subject_) {
      const SetAround around{.sub_id = item.subject, .iat = rules_.now, .has_txn = true};
      judge_event_in_set(item.event, around, strict, found);
    }
    for (Finding& finding : found) {
      finding.path = place_of(finding.path);
      findings_.push_back(std::move(finding));
    }
  }

  // Findings point into a SET; the producer wrote something else.
  std::string place_of(std::string_view path) const {
    const std::string type = JsonPath().member(type_).text();
    if (path == type) return "/type";
    if (path.starts_with(type)) return "/event" + std::string(path.substr(type.size()));
    if (path.starts_with("/sub_id")) return "/subject" + std::string(path.substr(7));
    return std::string(path);
  }

  // SEC-18.
  void judge_grant(const PublishItem& item) {
    if (!may_publish(rules_.grant, type_)) {
      reader_.add(Errc::publish_denied, Level::must, reader_.at("type"), "not granted");
    } else if (!may_publish_about(rules_.grant, item.subject)) {
      reader_.add(Errc::publish_denied, Level::must, reader_.at("subject"), "not granted");
    }
  }

  const JsonPath root_;
  const PublishRules& rules_;
  Findings& findings_;
  stream::ObjectReader reader_;
  std::string type_;
  bool has_subject_ = false;
};

PublishRefusal refusal_of(std::size_t index, const Findings& findings, Strictness strictness) {
  const Finding* refusal = first_refusal(findings, strictness, Direction::sent);
  TOCSIN_ASSERT(refusal != nullptr);
  return {index, refusal->code, refusal->path, refusal->section};
}

void read_item(Json json, std::size_t index, const PublishRules& rules, PublishRequest& request) {
  Findings findings;
  if (auto item = ItemReader(json, rules, findings).read()) {
    item->index = index;
    request.items.push_back(*std::move(item));
  } else {
    request.refusals.push_back(refusal_of(index, findings, rules.strictness));
  }
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

Result<PublishRequest> parse_lines(std::string_view body, const PublishRules& rules) {
  if (body.size() > publish_lines_max) return Errc::http_too_large;
  PublishRequest request;
  std::size_t count = 0;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (is_blank(line)) continue;
    if (count == publish_items_max) return Error(Errc::publish_request, "too many lines");
    if (auto json = parse_json(line, limits)) {
      read_item(std::move(json).value(), count, rules, request);
    } else {
      request.refusals.push_back({count, json.error().code, "", "RFC 8259 2"});
    }
    ++count;
  }
  if (count == 0) return Error(Errc::publish_request, "no line");
  return request;
}

Result<PublishRequest> parse_document(std::string_view body, const PublishRules& rules) {
  if (body.size() > publish_json_max) return Errc::http_too_large;
  TOCSIN_TRY(Json json, parse_json(body, limits));
  PublishRequest request;
  JsonArray* array = json.as_array();
  request.is_single = array == nullptr;
  if (request.is_single) {
    read_item(std::move(json), 0, rules, request);
    return request;
  }
  if (array->empty()) return Error(Errc::publish_request, "no item");
  for (std::size_t i = 0; i < array->size(); ++i) {
    read_item(std::move((*array)[i]), i, rules, request);
  }
  return request;
}

}  // namespace

bool is_producer_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= publish_key_max && std::ranges::all_of(text, is_printable);
}

Result<PublishRequest> parse_publish_request(std::string_view body, PublishForm form,
                                             const PublishRules& rules) {
  return form == PublishForm::lines ? parse_lines(body, rules) : parse_document(body, rules);
}

}  // namespace tocsin::transmitter
