// Laws that hold for every event, tried on random payloads.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "event/support.h"
#include "tocsin/event.h"

namespace tocsin {
namespace {

// Every member any type describes, and some that none does.
constexpr std::array<std::string_view, 40> names{
    "state",
    "status",
    "reason",
    "event_timestamp",
    "initiating_entity",
    "reason_admin",
    "reason_user",
    "claims",
    "credential_type",
    "change_type",
    "friendly_name",
    "x509_issuer",
    "x509_serial",
    "fido2_aaguid",
    "namespace",
    "current_level",
    "previous_level",
    "change_direction",
    "previous_status",
    "current_status",
    "fp_ua",
    "acr",
    "amr",
    "ext_id",
    "principal",
    "risk_reason",
    "new-value",
    "data",
    "attributes",
    "version",
    "method",
    "bulkId",
    "location",
    "response",
    "subject",
    "token_subject",
    "new_value",
    "",
    "note",
    "a/b~c",
};

constexpr std::array<std::string_view, 22> texts{
    "",
    "en",
    "x",
    "enabled",
    "paused",
    "policy",
    "password",
    "create",
    "created",
    "NIST-AAL",
    "increase",
    "compliant",
    "not-compliant",
    "USER",
    "LOW",
    "HIGH",
    "PUT",
    "204",
    "412",
    "inactive",
    "hijacking",
    "accced6a-63f5-490a-9eea-e59bc1896cfc",
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

  template <std::size_t Count>
  std::string one_of(const std::array<std::string_view, Count>& list) {
    return std::string(list[below(Count)]);
  }

  Json number() {
    constexpr std::array<std::string_view, 8> numbers{
        "0", "1615304991", "1615304991.25", "1.7565e9", "-1.5", "1615304991643", "1e400", "7"};
    return JsonNumber::parse(one_of(numbers)).value();
  }

  Json value(int depth) {
    switch (below(depth > 0 ? 8 : 4)) {
      case 0:
        return number();
      case 1:
        return below(4) == 0 ? Json() : Json(below(2) == 0);
      case 2:
      case 3:
        return one_of(texts);
      case 4: {
        JsonArray array;
        for (std::uint64_t i = below(3); i > 0; --i) array.push_back(value(depth - 1));
        return array;
      }
      case 5:
        return JsonArray{one_of(texts), one_of(texts)};
      case 6:
        return object(3, depth - 1, texts);
      default:
        return JsonObject{{"en", one_of(texts)}, {"de", one_of(texts)}};
    }
  }

  template <std::size_t Count>
  JsonObject object(std::uint64_t members, int depth,
                    const std::array<std::string_view, Count>& member_names) {
    JsonObject result;
    for (std::uint64_t i = below(members + 1); i > 0; --i) {
      result.insert_or_assign(one_of(member_names), value(depth));
    }
    return result;
  }

 private:
  SeededRandom random_;
};

constexpr int rounds = 400;

void for_random_payloads(const auto& check) {
  Generator generator(7);
  for (int round = 0; round < rounds; ++round) {
    for (const std::string_view type : known_event_types()) {
      check(type, Json(generator.object(12, 2, names)));
    }
  }
}

// Even in strict mode a reason of credential-compromise may be a text alone (EV-112).
bool is_mended(const Findings& findings) {
  return std::ranges::any_of(findings, [](const Finding& finding) {
    return finding.code == Errc::event_type && finding.level == Level::tx;
  });
}

TEST(EventLaws, WhatIsReadIsWrittenWithTheSameValue) {
  for_random_payloads([](std::string_view type, const Json& payload) {
    Findings findings;
    const Event event = read_event(type, payload, {}, findings);
    ASSERT_EQ(type_of(event), type);
    if (is_mended(findings)) return;
    ASSERT_EQ(to_json(event), payload) << type;
  });
}

TEST(EventLaws, WhatIsWrittenReadsAsTheSameTextAgain) {
  for (const auto strictness : {Strictness::strict, Strictness::interop, Strictness::lenient}) {
    for_random_payloads([&](std::string_view type, const Json& payload) {
      Findings findings;
      const Json once = to_json(read_event(type, payload, {.strictness = strictness}, findings));
      const Json twice = to_json(read_event(type, once, {.strictness = strictness}, findings));
      ASSERT_EQ(to_text(once), to_text(twice)) << type;
    });
  }
}

TEST(EventLaws, MilderStrictnessNeverRefusesMore) {
  for_random_payloads([](std::string_view type, const Json& payload) {
    if (parse_event(type, payload)) {
      ASSERT_TRUE(parse_event(type, payload, Strictness::lenient)) << type << to_text(payload);
    }
    if (parse_event(type, payload, Strictness::interop)) {
      ASSERT_TRUE(parse_event(type, payload, Strictness::lenient)) << type << to_text(payload);
    }
  });
}

TEST(EventLaws, VO_04_JudgingWhatWasReadFindsWhatReadingFound) {
  for_random_payloads([](std::string_view type, const Json& payload) {
    Findings reading;
    const Event event = read_event(type, payload, {.strictness = Strictness::interop}, reading);
    if (first_refusal(reading, Strictness::interop, Direction::sent) != nullptr) return;
    Findings judging;
    judge_event(event, {.strictness = Strictness::interop}, judging);
    ASSERT_EQ(first_refusal(judging, Strictness::interop, Direction::sent), nullptr)
        << type << to_text(payload);
  });
}

TEST(EventLaws, VO_04_WhatAJudgePassesAReceiverTakes) {
  for_random_payloads([](std::string_view type, const Json& payload) {
    Findings findings;
    const Event event = read_event(type, payload, {.strictness = Strictness::lenient}, findings);
    findings.clear();
    judge_event(event, {}, findings);
    if (first_refusal(findings, Strictness::strict, Direction::sent) != nullptr) return;
    ASSERT_THAT(parse_event(type_of(event), to_json(event)), test::Succeeds()) << to_text(payload);
  });
}

TEST(EventLaws, TheRandomPayloadsReachBothVerdicts) {
  int taken = 0;
  int refused = 0;
  for_random_payloads([&](std::string_view type, const Json& payload) {
    ++(parse_event(type, payload) ? taken : refused);
  });
  EXPECT_GT(taken, 1000);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace tocsin
