#include "store/sqlite/event_text.h"

#include <optional>
#include <utility>

#include "base/try.h"
#include "tocsin/json.h"

namespace tocsin::store::sqlite {
namespace {

constexpr JsonLimits limits{
    .text_max = 64 << 20, .depth_max = 64, .members_max = 1'000'000, .string_max = 64 << 20};

Error damaged(std::string_view what) {
  return {Errc::store_schema, std::string(what) + " is damaged"};
}

}  // namespace

std::string subject_text(const Subject& subject) {
  return to_text(to_json(subject));
}

std::string payload_text(const Event& event) {
  return to_text(to_json(event));
}

Result<Subject> read_subject_text(std::string_view text) {
  Result<Json> json = parse_json(text, limits);
  if (!json) return damaged("a subject");
  Findings ignored;
  std::optional<Subject> subject =
      read_subject(std::move(json).value(), Strictness::lenient, "", ignored);
  if (!subject) return damaged("a subject");
  return *std::move(subject);
}

Result<Event> read_payload_text(std::string_view type, std::string_view text) {
  Result<Json> json = parse_json(text, limits);
  if (!json) return damaged("an event");
  Findings ignored;
  return read_event(type, std::move(json).value(), {.strictness = Strictness::strict}, ignored);
}

}  // namespace tocsin::store::sqlite
