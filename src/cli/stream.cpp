// tocsin stream, tocsin subject: the receiver's side of the stream management API, against any
// transmitter (SSF 1.0 section 8.1).
#include <memory>
#include <utility>

#include "app/config_file.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/pretty.h"
#include "cli/secret_reference.h"
#include "cli/shorthand.h"
#include "cli/upstream_flags.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

using http::Task;
using receiver::Eventual;
using receiver::Reply;
using receiver::TransmitterApi;

struct Options {
  UpstreamFlags upstream;
  std::string stream_id;
  std::vector<std::string> events;
  std::string push_url;
  std::string header;  // a reference
  std::string description;
  std::string reason;
  std::string state;
  std::string subject;
  bool unverified = false;
};
using Shared = std::shared_ptr<Options>;

// Prints what `work` answers; null prints nothing, since there is nothing to say but success.
Result<Exit> call(const Options& options, const app::UpstreamWork& work, Console& console) {
  TOCSIN_TRY(const app::UpstreamCaller caller, options.upstream.finish());
  TOCSIN_TRY(const Json answer, app::call_transmitter(caller, work));
  if (console.output == Output::json) {
    console.print_json(answer);
  } else if (!answer.is_null()) {
    console.print_block(to_pretty(answer, {.annotated = true}));
  }
  return Exit::yes;
}

Json config_json(const StreamConfig& stream) {
  return to_json(stream);
}

template <class T, class ToJson>
Result<Json> done(Reply<T> reply, const ToJson& json_of) {
  if (!reply.result) return std::move(reply.result).error();
  return json_of(*reply.result);
}

template <class T, class ToJson>
Result<Json> done_or_later(Reply<Eventual<T>> reply, const ToJson& json_of) {
  if (!reply.result) return std::move(reply.result).error();
  if (!*reply.result) return Json(JsonObject{{"accepted", "taken, not done yet: ask again later"}});
  return json_of(**reply.result);
}

Result<Json> nothing(const Reply<bool>& reply) {
  if (!reply.result) return reply.result.error();
  return Json();
}

Task<Result<Json>> list(TransmitterApi& api) {
  const auto reply = co_await api.list();
  if (!reply.result) co_return reply.result.error();
  JsonArray streams;
  for (const Result<StreamConfig>& stream : *reply.result) {
    streams.push_back(stream ? to_json(*stream)
                             : Json(JsonObject{{"unusable", stream.error().to_string()}}));
  }
  co_return Json(std::move(streams));
}

Result<RequestedMembers> requested(const Options& options) {
  RequestedMembers members;
  std::vector<std::string> types;
  for (const std::string& text : options.events) {
    TOCSIN_TRY(std::string type, parse_event_type(text));
    types.push_back(std::move(type));
  }
  if (!types.empty()) members.events_requested = std::move(types);
  if (!options.description.empty()) members.description = options.description;
  if (options.push_url.empty()) return members;
  members.delivery = {.method = DeliveryMethod::push, .endpoint_url = options.push_url};
  if (!options.header.empty()) {
    TOCSIN_TRY(const app::SecretReference reference,
               read_secret_reference("--push-header", options.header));
    TOCSIN_TRY(members.delivery->authorization_header, app::read_secret(reference));
  }
  return members;
}

Task<Result<Json>> create(TransmitterApi& api, RequestedMembers members) {
  co_return done(co_await api.create(std::move(members)), config_json);
}

Task<Result<Json>> update(TransmitterApi& api, std::string stream_id, RequestedMembers members) {
  StreamUpdateRequest change{.stream_id = std::move(stream_id), .requested = std::move(members)};
  co_return done_or_later(co_await api.update(std::move(change)), config_json);
}

Task<Result<Json>> replace(TransmitterApi& api, std::string stream_id, RequestedMembers members) {
  StreamReplaceRequest whole{.stream_id = std::move(stream_id), .requested = std::move(members)};
  co_return done_or_later(co_await api.replace(std::move(whole)), config_json);
}

Task<Result<Json>> show(TransmitterApi& api, std::string stream_id) {
  co_return done(co_await api.read(std::move(stream_id)), config_json);
}

Task<Result<Json>> remove(TransmitterApi& api, std::string stream_id) {
  co_return nothing(co_await api.remove(std::move(stream_id)));
}

Task<Result<Json>> read_status(TransmitterApi& api, std::string stream_id) {
  co_return done(co_await api.status(std::move(stream_id)),
                 [](const StatusDocument& status) { return to_json(status); });
}

Task<Result<Json>> update_status(TransmitterApi& api, StatusDocument status) {
  co_return done_or_later(co_await api.update_status(std::move(status)),
                          [](const StatusDocument& now) { return to_json(now); });
}

Task<Result<Json>> verify(TransmitterApi& api, VerificationRequest request) {
  co_return nothing(co_await api.request_verification(std::move(request)));
}

Task<Result<Json>> add_subject(TransmitterApi& api, SubjectAddRequest request) {
  co_return nothing(co_await api.add_subject(std::move(request)));
}

Task<Result<Json>> remove_subject(TransmitterApi& api, SubjectRemoveRequest request) {
  co_return nothing(co_await api.remove_subject(std::move(request)));
}

Result<Subject> subject_of(const Options& options) {
  TOCSIN_TRY(Json json, parse_subject_text(options.subject));
  return parse_subject(std::move(json));
}

// A verb that calls a transmitter; `prepare` makes the call from what was typed.
using Prepare = std::function<Result<app::UpstreamWork>(const Options&)>;
CLI::App& add_call(CLI::App& noun, Program& program, const std::string& name,
                   const std::string& about, const Shared& options, Prepare prepare) {
  CLI::App& verb =
      add_verb(noun, program, name, about,
               [options, prepare = std::move(prepare)](Console& console) -> Result<Exit> {
                 TOCSIN_TRY(const app::UpstreamWork work, prepare(*options));
                 return call(*options, work, console);
               });
  options->upstream.add_to(verb);
  return verb;
}

void add_stream_id(CLI::App& verb, const Shared& options) {
  verb.add_option("--stream", options->stream_id, "The stream")->required()->type_name("STREAM_ID");
}

void add_members(CLI::App& verb, const Shared& options) {
  add_repeatable(verb, "--event", options->events,
                 "An event type to ask for: a URI, or a short form like caep:session-revoked",
                 "TYPE");
  verb.add_option("--push-url", options->push_url, "Where SETs are pushed to; polled unless given")
      ->type_name("URL");
  verb.add_option("--push-header", options->header,
                  "What pushes have as Authorization: file:PATH (mode 0600) or env:NAME")
      ->type_name("REFERENCE");
  verb.add_option("--description", options->description, "What it is for")->type_name("TEXT");
}

std::string example(const std::string& words, const std::string& more) {
  return "tocsin " + words + " https://signals.example.com --token file:token" + more;
}

void add_status_verb(CLI::App& stream, Program& program, const std::string& name,
                     const std::string& about, StreamStatus status) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_call(stream, program, name, about, options, [status](const Options& given) {
    StatusDocument wanted{.stream_id = given.stream_id, .status = status};
    if (!given.reason.empty()) wanted.reason = given.reason;
    return Result<app::UpstreamWork>(
        [wanted](TransmitterApi& api) { return update_status(api, wanted); });
  });
  add_stream_id(verb, options);
  verb.add_option("--reason", options->reason, "Why")->type_name("TEXT");
  add_examples(verb, {example("stream " + name, " --stream s1")});
}

// A call that needs nothing but the stream.
using OfStream = Task<Result<Json>> (*)(TransmitterApi& api, std::string stream_id);
void add_stream_verb(CLI::App& stream, Program& program, const std::string& name,
                     const std::string& about, OfStream work) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_call(stream, program, name, about, options, [work](const Options& given) {
    return Result<app::UpstreamWork>(
        [work, id = given.stream_id](TransmitterApi& api) { return work(api, id); });
  });
  add_stream_id(verb, options);
  add_examples(verb, {example("stream " + name, " --stream s1")});
}

using OfMembers = Task<Result<Json>> (*)(TransmitterApi& api, std::string stream_id,
                                         RequestedMembers members);
void add_change_verb(CLI::App& stream, Program& program, const std::string& name,
                     const std::string& about, OfMembers work) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_call(
      stream, program, name, about, options,
      [work](const Options& given) -> Result<app::UpstreamWork> {
        TOCSIN_TRY(const RequestedMembers members, requested(given));
        return app::UpstreamWork([work, members, id = given.stream_id](TransmitterApi& api) {
          return work(api, id, members);
        });
      });
  add_stream_id(verb, options);
  add_members(verb, options);
  add_examples(verb,
               {example("stream " + name, " \\\n    --stream s1 --event caep:session-revoked")});
}

void add_subject_option(CLI::App& verb, const Shared& options) {
  add_stream_id(verb, options);
  verb.add_option("--subject", options->subject, "Who, like email:jdoe@example.com")
      ->required()
      ->type_name("SUBJECT");
}

}  // namespace

void add_stream(CLI::App& stream, Program& program) {
  const auto listed = std::make_shared<Options>();
  CLI::App& lister = add_call(stream, program, "list", "Our streams with a transmitter", listed,
                              [](const Options&) { return Result<app::UpstreamWork>(list); });
  add_examples(lister, {example("stream list", "")});

  add_stream_verb(stream, program, "show", "One stream's configuration", show);

  const auto created = std::make_shared<Options>();
  CLI::App& creator = add_call(
      stream, program, "create", "Make a stream", created,
      [](const Options& given) -> Result<app::UpstreamWork> {
        TOCSIN_TRY(const RequestedMembers members, requested(given));
        return app::UpstreamWork([members](TransmitterApi& api) { return create(api, members); });
      });
  add_members(creator, created);
  add_examples(creator, {example("stream create", " \\\n    --event caep:session-revoked")});

  add_change_verb(stream, program, "update", "Change what is given, keep the rest (PATCH)", update);
  add_change_verb(stream, program, "replace", "Keep what is given, forget the rest (PUT)", replace);
  add_stream_verb(stream, program, "delete", "End a stream, and what waits on it", remove);
  add_stream_verb(stream, program, "status", "Whether a stream is enabled", read_status);
  add_status_verb(stream, program, "pause", "Have SETs held back", StreamStatus::paused);
  add_status_verb(stream, program, "resume", "Have SETs sent again", StreamStatus::enabled);
  add_status_verb(stream, program, "disable", "Have SETs thrown away", StreamStatus::disabled);

  const auto verified = std::make_shared<Options>();
  CLI::App& verifier = add_call(stream, program, "verify", "Have a verification event sent",
                                verified, [](const Options& given) {
                                  VerificationRequest request{.stream_id = given.stream_id};
                                  if (!given.state.empty()) request.state = given.state;
                                  return Result<app::UpstreamWork>([request](TransmitterApi& api) {
                                    return verify(api, request);
                                  });
                                });
  add_stream_id(verifier, verified);
  verifier.add_option("--state", verified->state, "What the event is to carry")->type_name("TEXT");
  add_examples(verifier, {example("stream verify", " --stream s1 --state 4711")});
}

void add_subject(CLI::App& subject, Program& program) {
  const auto added = std::make_shared<Options>();
  CLI::App& adder =
      add_call(subject, program, "add", "Ask for events about a subject", added,
               [](const Options& given) -> Result<app::UpstreamWork> {
                 TOCSIN_TRY(Subject who, subject_of(given));
                 SubjectAddRequest request{given.stream_id, std::move(who), !given.unverified};
                 return app::UpstreamWork(
                     [request](TransmitterApi& api) { return add_subject(api, request); });
               });
  add_subject_option(adder, added);
  adder.add_flag("--unverified", added->unverified, "We have not verified that it is theirs");
  add_examples(adder,
               {example("subject add", " \\\n    --stream s1 --subject email:jdoe@example.com")});

  const auto removed = std::make_shared<Options>();
  CLI::App& remover = add_call(subject, program, "remove", "Ask for no more of them", removed,
                               [](const Options& given) -> Result<app::UpstreamWork> {
                                 TOCSIN_TRY(Subject who, subject_of(given));
                                 SubjectRemoveRequest request{given.stream_id, std::move(who)};
                                 return app::UpstreamWork([request](TransmitterApi& api) {
                                   return remove_subject(api, request);
                                 });
                               });
  add_subject_option(remover, removed);
  add_examples(remover, {example("subject remove",
                                 " \\\n    --stream s1 --subject email:jdoe@example.com")});
}

}  // namespace tocsin::cli
