#include "receiver/stream_keeper.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/base64url.h"
#include "base/try.h"
#include "delivery/retry_delay.h"
#include "jose/digest.h"
#include "tocsin/json.h"

namespace tocsin::receiver {
namespace {

using std::chrono::seconds;

constexpr seconds tick{1};                 // how late a change may be noticed
constexpr seconds status_every{6 * 3600};  // where the stream has no inactivity_timeout
constexpr seconds status_every_min{10};
constexpr std::size_t outstanding_max = 16;  // states that may still come

std::string note_name(const std::string& stream) {
  return "upstream/" + stream;
}

const std::string* text(const JsonObject& object, std::string_view name) {
  const Json* const member = object.find(name);
  return member != nullptr ? member->as_string() : nullptr;
}

std::vector<std::string> texts(const JsonObject& object, std::string_view name) {
  std::vector<std::string> list;
  const Json* const member = object.find(name);
  if (member == nullptr || member->as_array() == nullptr) return list;
  for (const Json& value : *member->as_array()) {
    if (value.as_string() != nullptr) list.push_back(*value.as_string());
  }
  return list;
}

// An answer that may be "later": then it is asked again later.
Result<StreamConfig> now_or_later(Result<Eventual<StreamConfig>> answer) {
  TOCSIN_TRY(Eventual<StreamConfig> stream, std::move(answer));
  if (!stream) return Error(Errc::net_answer, "taken, not done yet");
  return *std::move(stream);
}

bool lacks_method(unsigned status) noexcept {
  return status == 405 || status == 501;
}

}  // namespace

std::string_view StreamKeeper::name_of(Event event) noexcept {
  switch (event) {
    case Event::established:
      return "upstream.established";
    case Event::cannot_establish:
      return "upstream.cannot_establish";
    case Event::not_delivered:
      return "upstream.not_delivered";
    case Event::verified:
      return "upstream.verified";
    case Event::verification_missing:
      return "upstream.verification_missing";
    case Event::status_changed:
      return "upstream.status_changed";
    case Event::stream_gone:
      break;
  }
  return "upstream.stream_gone";
}

Task<void> StreamKeeper::run() {
  unsigned failures = 0;
  bool is_restored = false;
  while (!is_stopping_) {
    asked_for_ = {};
    Result<void> done;
    if (!is_restored) {
      done = co_await restore();
      is_restored = done.has_value();
    }
    if (is_restored) done = co_await establish();
    if (is_stopping_) co_return;
    if (done) {
      failures = 0;
      co_await watch();
      continue;
    }
    ++state_.failures;
    state_.is_established = false;
    parts_.tell(Event::cannot_establish, done.error().to_string());
    std::optional<seconds> retry_after;
    if (asked_for_ > seconds::zero()) retry_after = asked_for_;
    co_await parts_.timers.sleep(delivery::retry_delay(failures++, retry_after, parts_.random));
  }
}

// What was agreed before the process ended holds until the transmitter says otherwise, so SETs that
// come meanwhile are judged.
Task<Result<void>> StreamKeeper::restore() {
  known_.stream_id = config_.stream_id;
  Result<std::optional<std::string>> note = co_await parts_.notes.note(note_name(config_.name));
  if (!note) co_return std::move(note).error();
  if (!*note) co_return Result<void>();
  const Result<Json> json = parse_json(**note);
  const JsonObject* const object = json ? json->as_object() : nullptr;
  if (object == nullptr) co_return Error(Errc::store_unavailable, "a damaged note");
  const std::string* const issuer = text(*object, "issuer");
  const std::string* const stream_id = text(*object, "stream_id");
  const std::string* const credential = text(*object, "credential");
  const bool is_of_this = issuer != nullptr && *issuer == config_.metadata.issuer &&
                          stream_id != nullptr &&
                          (config_.stream_id.empty() || config_.stream_id == *stream_id);
  if (!is_of_this) co_return Result<void>();  // the configuration changed
  known_.stream_id = *stream_id;
  if (credential != nullptr) credential_given_ = *credential;
  state_.stream_id = *stream_id;
  parts_.intake.replace_policy(policy_of(texts(*object, "aud")));
  co_return Result<void>();
}

Task<Result<void>> StreamKeeper::establish() {
  Result<TransmitterMetadata> metadata =
      co_await fetch_metadata(parts_.client, config_.metadata, config_.policy.strictness);
  if (!metadata) co_return std::move(metadata).error();
  Result<std::unique_ptr<TransmitterApi>> api = TransmitterApi::open(
      {*std::move(metadata), config_.metadata.trust, config_.bearer, config_.policy.strictness},
      {parts_.client, parts_.clock, parts_.tokens});
  if (!api) co_return std::move(api).error();
  api_ = *std::move(api);
  Result<StreamConfig> stream = co_await find_or_make();
  if (!stream) co_return std::move(stream).error();
  // Known from here on, whatever becomes of the rest: it is never made twice.
  known_.stream_id = stream->stream_id;
  stream = co_await mend(*std::move(stream));
  if (!stream) co_return std::move(stream).error();
  co_return co_await adopt(*stream);
}

Task<Result<std::vector<StreamConfig>>> StreamKeeper::read_streams() {
  auto reply = co_await api_->list();
  asked_for_ = reply.retry_after;
  if (!reply.result) co_return std::move(reply.result).error();
  std::vector<StreamConfig> streams;
  for (Result<StreamConfig>& stream : *reply.result) {
    if (stream) streams.push_back(*std::move(stream));
  }
  co_return streams;
}

Task<Result<StreamConfig>> StreamKeeper::find_or_make() {
  if (!known_.stream_id.empty()) {
    auto reply = co_await api_->read(known_.stream_id);
    asked_for_ = reply.retry_after;
    if (reply.result) co_return std::move(reply.result);
    const bool is_gone = reply.result.error().code == Errc::stream_unknown;
    if (!is_gone || !config_.stream_id.empty()) co_return std::move(reply.result).error();
    parts_.tell(Event::stream_gone, known_.stream_id);
    known_ = {};
    credential_given_.clear();
  }
  // An answer that got lost may have left a stream that we do not know.
  Result<std::vector<StreamConfig>> streams = co_await read_streams();
  if (!streams) co_return std::move(streams).error();
  const StreamConfig* const ours = find_ours(config_.wanted, known_, *streams);
  if (ours != nullptr) co_return *ours;
  co_return co_await make();
}

Task<Result<StreamConfig>> StreamKeeper::make() {
  auto reply = co_await api_->create(plan_create(config_.wanted));
  asked_for_ = reply.retry_after;
  if (reply.result) {
    credential_given_ = credential_name();
    co_return std::move(reply.result);
  }
  if (reply.result.error().code != Errc::stream_limit) co_return std::move(reply.result).error();
  Result<std::vector<StreamConfig>> streams = co_await read_streams();
  if (!streams) co_return std::move(streams).error();
  const StreamConfig* const there = find_in_our_place(config_.wanted, *streams);
  if (there != nullptr) co_return *there;
  co_return Error(Errc::stream_limit, "no further stream is allowed and " +
                                          std::to_string(streams->size()) +
                                          " are there: name ours with stream_id");
}

Task<Result<StreamConfig>> StreamKeeper::mend(StreamConfig stream) {
  known_.has_our_credential = credential_given_ == credential_name();
  StreamStep step = plan_change(config_.wanted, known_, stream);
  if (std::holds_alternative<Keep>(step)) co_return stream;
  if (auto* const whole = std::get_if<StreamReplaceRequest>(&step)) {
    co_return co_await put(std::move(*whole));
  }
  auto& change = std::get<StreamUpdateRequest>(step);
  const bool gives_credential = change.requested.delivery.has_value();
  auto reply = co_await api_->update(std::move(change));
  asked_for_ = reply.retry_after;
  if (lacks_method(reply.status)) {
    co_return co_await put(plan_replace(config_.wanted, stream.stream_id));
  }
  if (reply.result && gives_credential) credential_given_ = credential_name();
  co_return now_or_later(std::move(reply.result));
}

Task<Result<StreamConfig>> StreamKeeper::put(StreamReplaceRequest stream) {
  auto reply = co_await api_->replace(std::move(stream));
  asked_for_ = reply.retry_after;
  if (reply.result) credential_given_ = credential_name();
  co_return now_or_later(std::move(reply.result));
}

Task<Result<void>> StreamKeeper::adopt(const StreamConfig& stream) {
  Result<void> good = judge_stream(config_.wanted, stream);
  if (!good) co_return good;
  JsonObject note{{"issuer", config_.metadata.issuer},
                  {"stream_id", stream.stream_id},
                  {"aud", JsonArray(stream.aud.begin(), stream.aud.end())},
                  {"credential", credential_given_}};
  Result<void> kept =
      co_await parts_.notes.keep_note(note_name(config_.name), to_text(Json(std::move(note))));
  if (!kept) co_return kept;
  parts_.intake.replace_policy(policy_of(stream.aud));
  const bool is_other = state_.stream_id != stream.stream_id || !state_.is_established;
  state_.stream_id = stream.stream_id;
  state_.is_established = true;
  inactivity_timeout_ = stream.inactivity_timeout;
  if (is_other) parts_.tell(Event::established, stream.stream_id);
  std::string missing;
  for (const std::string& type : not_delivered(config_.wanted, stream)) missing += type + " ";
  if (!missing.empty()) {
    missing.pop_back();
    parts_.tell(Event::not_delivered, missing);
  }
  parts_.use(stream, api_);
  co_return Result<void>();
}

// Until the stream has to be looked at anew.
Task<void> StreamKeeper::watch() {
  verify_at_ = parts_.clock.monotonic();
  read_status_at_ = verify_at_;
  is_missed_ = false;
  while (!is_stopping_ && !is_missed_) {
    const Instant now = parts_.clock.monotonic();
    if (now >= read_status_at_) {
      co_await read_status();
    } else if (now >= verify_at_) {
      co_await ask_for_verification();
    } else {
      judge_verification();
      co_await parts_.timers.sleep(tick);
    }
  }
}

Task<void> StreamKeeper::ask_for_verification() {
  const Instant now = parts_.clock.monotonic();
  verify_at_ = now + config_.verify_every;
  if (!api_->metadata().verification_endpoint) co_return;
  const std::string state = parts_.random.id();
  if (outstanding_.size() >= outstanding_max) {
    parts_.intake.forget_state(outstanding_.front().state);
    outstanding_.pop_front();
  }
  // Before it is asked for: the event may come before the answer (SSF-8.1.4.2-09).
  parts_.intake.expect_state(state);
  outstanding_.push_back({state, now});
  const auto reply =
      co_await api_->request_verification({.stream_id = state_.stream_id, .state = state});
  if (reply.result) co_return;
  parts_.intake.forget_state(state);
  std::erase_if(outstanding_, [&](const Outstanding& one) { return one.state == state; });
  if (reply.result.error().code == Errc::stream_unknown) is_missed_ = true;
  const auto pause = std::max(reply.retry_after, seconds(60));
  verify_at_ = now + std::min<Instant>(pause, config_.verify_every);
}

// Reading it keeps the stream alive, too (SSF-8.1.1-19).
Task<void> StreamKeeper::read_status() {
  seconds every = status_every;
  if (inactivity_timeout_) {
    every = std::clamp(*inactivity_timeout_ / 2, status_every_min, status_every);
  }
  read_status_at_ = parts_.clock.monotonic() + every;
  if (!api_->metadata().status_endpoint) co_return;
  const auto reply = co_await api_->status(state_.stream_id);
  if (reply.result) {
    note_status(reply.result->status, reply.result->reason);
  } else if (reply.result.error().code == Errc::stream_unknown) {
    is_missed_ = true;
  } else {
    read_status_at_ = parts_.clock.monotonic() + std::min<seconds>(every, seconds(60));
  }
}

void StreamKeeper::judge_verification() {
  // A stream that is not enabled holds the event back (SSF 8.1.4).
  if (state_.status != StreamStatus::enabled) return;
  const Instant now = parts_.clock.monotonic();
  for (Outstanding& one : outstanding_) {
    if (one.is_missed || now - one.asked < config_.verification_patience) continue;
    one.is_missed = true;
    ++state_.missing_verifications;
    parts_.tell(Event::verification_missing, state_.stream_id);
  }
}

void StreamKeeper::observe(const VerifiedSet& set) {
  if (const auto* const verification = std::get_if<ssf::Verification>(&set->event)) {
    if (!verification->state) return;
    const auto one = std::ranges::find(outstanding_, *verification->state, &Outstanding::state);
    if (one == outstanding_.end()) return;
    outstanding_.erase(one);
    state_.verified_at = parts_.clock.wall_seconds();
    parts_.tell(Event::verified, state_.stream_id);
  } else if (const auto* const updated = std::get_if<ssf::StreamUpdated>(&set->event)) {
    note_status(updated->status, updated->reason);
    // Whatever was changed with it shows in the configuration.
    is_missed_ = true;
  }
}

void StreamKeeper::note_status(StreamStatus status, const std::optional<std::string>& reason) {
  if (state_.status == status) return;
  state_.status = status;
  std::string detail(wire_name(status));
  if (reason) detail += ": " + *reason;
  parts_.tell(Event::status_changed, detail);
}

SetPolicy StreamKeeper::policy_of(const std::vector<std::string>& aud) const {
  SetPolicy policy = config_.policy;
  policy.stream_id = known_.stream_id;
  policy.aud = config_.wanted.aud.value_or(aud);
  return policy;
}

// Tells one credential from another without being one.
std::string StreamKeeper::credential_name() const {
  const auto& header = config_.wanted.delivery.authorization_header;
  return header ? base64url_encode(as_text(sha256(*header))) : std::string();
}

}  // namespace tocsin::receiver
