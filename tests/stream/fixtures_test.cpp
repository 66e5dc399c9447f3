// Every stream document among the fixtures: valid ones come back equal, invalid ones have the
// defect their index states, at its level.
#include <gmock/gmock.h>

#include "stream/change.h"
#include "support/findings.h"
#include "support/fixtures.h"
#include "support/matchers.h"
#include "tocsin/stream_config.h"
#include "tocsin/stream_requests.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin {
namespace {

using test::IndexRow;

using Context = std::map<std::string, std::string>;

std::string value_of(const Context& context, const std::string& name) {
  const auto entry = context.find(name);
  return entry == context.end() ? "" : entry->second;
}

// A document of some kind as a linter sees it: what it says when written again, and what is wrong.
struct Linted {
  std::optional<Json> written;
  Findings findings;
};

template <class T>
void write(const std::optional<T>& document, Linted& linted) {
  if (document) linted.written = to_json(*document);
}

// An update against the stream of the context.
template <class Request>
void lint_change(const std::optional<Request>& request, const Context& context, Linted& linted) {
  write(request, linted);
  if (!request) return;
  StreamConfig current;
  current.iss = value_of(context, "iss");
  current.aud = {value_of(context, "aud")};
  stream::judge_supplied(request->supplied, current, "", linted.findings);
}

Linted lint(const std::string& kind, const Json& json, const Context& context) {
  Linted linted;
  Findings& findings = linted.findings;
  if (kind == "metadata") {
    write(read_metadata(json, value_of(context, "issuer"), findings), linted);
  } else if (kind == "stream-config") {
    write(read_stream_config(json, value_of(context, "iss"), findings), linted);
  } else if (kind == "stream-create") {
    write(read_stream_create(json, {}, findings), linted);
    findings = lint_stream_create(json);
  } else if (kind == "stream-update") {
    lint_change(read_stream_update(json, {}, findings), context, linted);
  } else if (kind == "stream-replace") {
    lint_change(read_stream_replace(json, {}, findings), context, linted);
  } else if (kind == "stream-status") {
    write(read_status(json, findings), linted);
  } else if (kind == "subject-add") {
    write(read_subject_add(json, findings), linted);
  } else if (kind == "subject-remove") {
    write(read_subject_remove(json, findings), linted);
  } else if (kind == "verification-request") {
    write(read_verification_request(json, findings), linted);
  } else {
    ADD_FAILURE() << kind;
  }
  return linted;
}

bool is_stream_kind(const std::string& kind) {
  return kind == "metadata" || kind == "verification-request" || kind.starts_with("stream-") ||
         kind.starts_with("subject-");
}

TEST(StreamFixtures, ValidDocumentsComeBackEqualWithoutRemark) {
  int seen = 0;
  for (const IndexRow& row : test::read_index("INDEX.tsv")) {
    const std::string& kind = row.at("kind");
    const std::string& file = row.at("file");
    if (!is_stream_kind(kind) || row.at("expected") != "valid") continue;
    ++seen;
    const Json json = test::read_json_fixture(file);
    JsonArray documents{json};
    if (kind == "stream-config-list") documents = *json.as_array();
    const std::string one = kind == "stream-config-list" ? "stream-config" : kind;
    for (const Json& document : documents) {
      const Linted linted = lint(one, document, {});
      ASSERT_TRUE(linted.written) << file;
      EXPECT_EQ(*linted.written, document) << file << "\n" << to_text(*linted.written);
      EXPECT_TRUE(linted.findings.empty()) << file << linted.findings.front().to_string();
    }
  }
  EXPECT_EQ(seen, 20);
}

TEST(StreamFixtures, ListsAreReadWholeEvenWhenEmpty) {
  for (const auto& [file, count] : {std::pair{"ssf/stream-read-response-none.json", 0U},
                                    std::pair{"ssf/stream-read-response-one.json", 1U},
                                    std::pair{"ssf/stream-read-response-two.json", 2U}}) {
    const auto configs =
        parse_stream_configs(test::read_json_fixture(file), "https://tr.example.com");
    ASSERT_TRUE(configs) << file;
    EXPECT_EQ(configs->size(), count) << file;
  }
}

TEST(StreamFixtures, MetadataFragmentsAreReadAsParts) {
  JsonObject metadata{{"issuer", "https://tr.example.com"}};
  const Json version = test::read_json_fixture("ssf/metadata-spec-version.json");
  for (const JsonMember& member : *version.as_object()) metadata.append(member.name, member.value);
  const Json scheme = test::read_json_fixture("ssf/metadata-authorization-scheme.json");
  metadata.append("authorization_schemes", JsonArray{scheme});
  const auto read = parse_metadata(metadata, "https://tr.example.com");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->spec_version, "1_0");
  EXPECT_EQ(read->authorization_schemes.at(0).spec_urn, "urn:ietf:rfc:6749");
}

TEST(StreamFixtures, EachInvalidDocumentHasItsStatedDefect) {
  int seen = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    const std::string kind = file.substr(0, file.find('/'));
    if (!is_stream_kind(kind)) continue;
    ++seen;
    const Json json = test::read_json_fixture("invalid/" + file);
    const Context context = test::read_context(row);
    const std::string expected = row.at("expected error class") + " " + row.at("level");
    const auto strictness = context.contains("interop") ? Strictness::interop : Strictness::strict;

    const Linted linted = lint(kind, json, context);
    std::vector<std::string> found;
    for (const Finding& finding : linted.findings) {
      EXPECT_NE(finding.section, "") << file;
      // What only the interoperability profile demands is no remark outside of it.
      if (finding.level == Level::interop && strictness != Strictness::interop) continue;
      found.push_back(test::verdict(finding));
    }
    EXPECT_FALSE(found.empty()) << file;
    EXPECT_THAT(found, testing::Each(expected)) << file;

    const Finding* refusal = first_refusal(linted.findings, strictness, Direction::received);
    const bool refuses_it = row.at("level") != "should" && row.at("level") != "tx";
    EXPECT_EQ(refusal != nullptr, refuses_it) << file;
  }
  EXPECT_EQ(seen, 59);
}

TEST(StreamFixtures, WithoutTheirContextTheyAreValid) {
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    const std::string kind = file.substr(0, file.find('/'));
    if (!is_stream_kind(kind) || row.at("context").empty()) continue;
    if (kind == "stream-update") continue;  // a claim is always compared with something
    const Linted linted = lint(kind, test::read_json_fixture("invalid/" + file), {});
    EXPECT_EQ(first_refusal(linted.findings, Strictness::strict, Direction::received), nullptr)
        << file;
  }
}

TEST(StreamFixtures, OurApiTakesWhatItOnlyAdvisesAgainst) {
  for (const char* file :
       {"stream-create/events-requested-empty.json", "stream-create/poll-with-endpoint.json",
        "stream-create/sets-iss.json", "stream-create/sets-stream-id.json"}) {
    EXPECT_THAT(parse_stream_create(test::read_json_fixture(std::string("invalid/") + file)),
                test::Succeeds())
        << file;
  }
}

TEST(StreamFixtures, LegacyShapesAreRefused) {
  const auto config = parse_stream_config(test::read_json_fixture("legacy/sse-stream-config.json"),
                                          "https://tr.example.com");
  EXPECT_THAT(config, test::FailsWith(Errc::stream_missing));
  const auto update =
      parse_stream_update(test::read_json_fixture("legacy/google-stream-update-request.json"));
  EXPECT_THAT(update, test::FailsWith(Errc::stream_missing));
}

}  // namespace
}  // namespace tocsin
