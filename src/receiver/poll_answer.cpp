#include "receiver/poll_answer.h"

#include <utility>

#include "base/try.h"

namespace tocsin::receiver {
namespace {

constexpr std::size_t sets_max = 10'000;  // in an answer, whatever we asked for

// RFC 8935 section 7.1 has a code for every defect of a SET; a defect that is none of a SET's is
// never reported.
Json entry(Errc code) {
  const Defect& defect = describe(code);
  return JsonObject{{"err", std::string(defect.err)},
                    {"description", std::string(defect.public_text)}};
}

}  // namespace

Json to_json(const PollQuery& query) {
  JsonObject object;
  object.append("maxEvents", Json(static_cast<std::int64_t>(query.events_max)));
  object.append("returnImmediately", Json(query.return_immediately));
  if (!query.ack.empty()) {
    object.append("ack", Json(JsonArray(query.ack.begin(), query.ack.end())));
  }
  if (!query.set_errs.empty()) {
    JsonObject errors;
    for (const PollQuery::Refusal& refusal : query.set_errs) {
      errors.append(refusal.jti, entry(refusal.code));
    }
    object.append("setErrs", Json(std::move(errors)));
  }
  return object;
}

Result<PollAnswer> parse_poll_answer(std::string_view body) {
  TOCSIN_TRY(const Json json, parse_json(body, {.text_max = poll_body_max,
                                                .members_max = sets_max,
                                                .string_max = poll_body_max}));
  const JsonObject* const object = json.as_object();
  if (object == nullptr) return Error(Errc::poll_request, "the answer is no JSON object");
  PollAnswer answer;
  const Json* const sets = object->find("sets");
  if (sets != nullptr && !sets->is_null()) {
    if (sets->as_object() == nullptr) return Error(Errc::poll_request, "sets: no object");
    for (const auto& [jti, set] : *sets->as_object()) {
      const std::string* const compact = set.as_string();
      answer.sets.push_back({std::string(jti), compact != nullptr ? *compact : std::string()});
    }
  }
  const Json* const more = object->find("moreAvailable");
  answer.more_available = more != nullptr && more->as_bool() != nullptr && *more->as_bool();
  return answer;
}

}  // namespace tocsin::receiver
