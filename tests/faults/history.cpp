#include "faults/history.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tocsin::test {
namespace {

constexpr unsigned refusals_max = 3;  // then an event is a dead letter (REL-08)

using OnStream = std::pair<std::string, std::string>;  // stream, event

class Judge {
 public:
  explicit Judge(const History& history) : history_(history) {
    for (const Publication& each : history.publications) publications_.emplace(each.name, &each);
    for (std::size_t i = 0; i < history.sightings.size(); ++i) {
      const Sighting& each = history.sightings[i];
      places_[{each.stream, each.event}].push_back(i);
    }
    for (const Row& each : history.rows) rows_[{each.stream, each.event}].push_back(&each);
  }

  std::vector<Violation> verdict() {
    judge_losses();
    judge_extras();
    judge_identity();
    judge_order();
    judge_duplicates();
    judge_streams();
    judge_removals();
    judge_statuses();
    judge_acks();
    judge_signatures();
    judge_books();
    judge_secrets();
    return std::move(violations_);
  }

 private:
  void violated(Invariant invariant, std::string what) {
    violations_.push_back({invariant, std::move(what)});
  }

  static std::string name_of(const Sighting& sighting) {
    return "stream " + sighting.stream + ", event '" + sighting.event + "', jti " + sighting.jti;
  }

  const Publication* publication_of(const std::string& event) const {
    const auto found = publications_.find(event);
    return found == publications_.end() ? nullptr : found->second;
  }

  const std::vector<std::size_t>& places_of(const OnStream& key) const {
    static const std::vector<std::size_t> none;
    const auto found = places_.find(key);
    return found == places_.end() ? none : found->second;
  }

  bool was_acknowledged(const OnStream& key) const {
    return std::ranges::any_of(places_of(key), [&](std::size_t place) {
      return history_.sightings[place].answer == Sighting::Answer::acknowledged;
    });
  }

  // An accepted event was acknowledged, or the store still knows what becomes of it; and what the
  // store calls delivered was acknowledged by somebody.
  void judge_losses() {
    for (const Publication& event : history_.publications) {
      if (event.answer != Publication::Answer::accepted) continue;
      for (const std::string& stream : event.streams) {
        const OnStream key{stream, event.name};
        if (!was_acknowledged(key) && !rows_.contains(key)) {
          violated(Invariant::i1_no_loss, "stream " + stream + " never got event " + event.name);
        }
      }
    }
    for (const Row& row : history_.rows) {
      if (row.state == Row::State::delivered && !row.event.empty() &&
          !was_acknowledged({row.stream, row.event})) {
        violated(Invariant::i1_no_loss,
                 "stream " + row.stream + " did not acknowledge event " + row.event);
      }
    }
  }

  void judge_extras() {
    for (const Sighting& seen : history_.sightings) {
      if (seen.event.empty()) continue;
      const Publication* event = publication_of(seen.event);
      if (event == nullptr) {
        violated(Invariant::i2_nothing_extra, name_of(seen) + ": nobody published it");
      } else if (event->answer == Publication::Answer::refused) {
        violated(Invariant::i2_nothing_extra, name_of(seen) + ": it was refused");
      } else if (seen.at < event->sent) {
        violated(Invariant::i2_nothing_extra, name_of(seen) + ": it was not published yet");
      }
    }
  }

  // One SET per stream and event, one event per jti, and the same bytes unless its key is retired.
  void judge_identity() {
    std::map<OnStream, const Sighting*> of_event;
    std::map<OnStream, const Sighting*> of_jti;
    for (const Sighting& seen : history_.sightings) {
      const auto compare = [&](const Sighting& first) {
        const bool is_same =
            first.jti == seen.jti && first.event == seen.event && first.claims == seen.claims;
        const bool is_resigned = first.kid != seen.kid && history_.retired_keys.contains(first.kid);
        if (!is_same || (first.compact != seen.compact && !is_resigned)) {
          violated(Invariant::i3_same_identity, name_of(seen) + ": came as another SET before");
        }
      };
      const auto [jti, is_new_jti] = of_jti.try_emplace({seen.stream, seen.jti}, &seen);
      if (!is_new_jti) {
        compare(*jti->second);
        continue;
      }
      if (seen.event.empty()) continue;
      const auto [event, is_new] = of_event.try_emplace({seen.stream, seen.event}, &seen);
      if (!is_new) compare(*event->second);
    }
  }

  // Since when a SET holds nothing up any more, as a place among the sightings.
  std::optional<std::size_t> settled_at(const OnStream& key) const {
    unsigned refusals = 0;
    for (const std::size_t place : places_of(key)) {
      const Sighting::Answer answer = history_.sightings[place].answer;
      if (answer == Sighting::Answer::acknowledged) return place;
      if (answer == Sighting::Answer::refused && ++refusals == refusals_max) return place;
    }
    return {};
  }

  // It was never seen, or not to its end, because the store had a reason.
  bool is_dropped(const OnStream& key) const {
    const auto rows = rows_.find(key);
    return rows != rows_.end() && std::ranges::any_of(rows->second, [](const Row* row) {
             return row->state == Row::State::rejected || row->state == Row::State::expired ||
                    row->state == Row::State::withdrawn;
           });
  }

  void judge_order() {
    std::map<std::string, std::vector<const Publication*>> of_subject;
    for (const Publication& event : history_.publications) {
      if (event.answer != Publication::Answer::accepted) continue;
      for (const std::string& subject : event.subjects) of_subject[subject].push_back(&event);
    }
    for (auto& [subject, events] : of_subject) {
      std::ranges::sort(events, {}, [](const Publication* each) { return each->sent; });
      for (const auto& [stream, seen] : history_.streams) {
        const Publication* before = nullptr;
        for (const Publication* event : events) {
          if (!event->streams.contains(stream)) continue;
          if (before != nullptr && before->answered <= event->sent) {
            judge_pair(stream, seen.polled, *before, *event);
          }
          before = event;
        }
      }
    }
  }

  void judge_pair(const std::string& stream, bool is_polled, const Publication& before,
                  const Publication& after) {
    const OnStream first{stream, before.name};
    const std::vector<std::size_t>& places = places_of({stream, after.name});
    if (places.empty() || is_dropped(first)) return;
    const std::vector<std::size_t>& of_first = places_of(first);
    std::optional<std::size_t> end;
    if (!is_polled) {
      end = settled_at(first);
    } else if (!of_first.empty()) {
      end = of_first.front();
    }
    if (!end || *end > places.front()) {
      violated(Invariant::i4_order,
               "stream " + stream + ": event " + after.name + " overtook " + before.name);
    }
  }

  void judge_duplicates() {
    std::map<std::string, std::size_t> repeated;
    for (const auto& [key, places] : places_) {
      if (key.second.empty() || !history_.streams.contains(key.first) ||
          history_.streams.at(key.first).polled) {
        continue;
      }
      const auto acknowledged = std::ranges::find_if(places, [&](std::size_t place) {
        return history_.sightings[place].answer == Sighting::Answer::acknowledged;
      });
      if (acknowledged == places.end()) continue;
      repeated[key.first] += static_cast<std::size_t>(places.end() - acknowledged) - 1;
    }
    for (const auto& [stream, count] : repeated) {
      const std::size_t allowed = history_.faults * history_.in_flight_max;
      if (count > allowed) {
        violated(Invariant::i5_duplicates, "stream " + stream + " got " + std::to_string(count) +
                                               " SETs again, not " + std::to_string(allowed));
      }
    }
  }

  void judge_streams() {
    for (const Sighting& seen : history_.sightings) {
      const auto stream = history_.streams.find(seen.stream);
      if (stream == history_.streams.end()) {
        violated(Invariant::i6_right_stream, name_of(seen) + ": no such stream");
        continue;
      }
      if (seen.iss != stream->second.iss || seen.aud != stream->second.aud) {
        violated(Invariant::i6_right_stream, name_of(seen) + ": iss or aud of another stream");
      }
      const Publication* event = publication_of(seen.event);
      if (event != nullptr && !event->streams.contains(seen.stream)) {
        violated(Invariant::i6_right_stream, name_of(seen) + ": the stream may not have it");
      }
    }
  }

  void judge_removals() {
    for (const Sighting& seen : history_.sightings) {
      const Publication* event = publication_of(seen.event);
      if (event == nullptr) continue;
      for (const RemovalSpan& span : history_.removals) {
        if (span.stream != seen.stream || !event->subjects.contains(span.subject)) continue;
        const bool is_within = seen.at > span.from + history_.grace && seen.at < span.until;
        // What waited is withdrawn for good: adding the subject again does not bring it back.
        const bool is_revived = seen.at >= span.until && event->answered < span.from &&
                                event->answer == Publication::Answer::accepted;
        if (is_within || is_revived) {
          violated(Invariant::i7_removal, name_of(seen) + ": " + span.subject + " was removed");
        }
      }
    }
  }

  void judge_statuses() {
    for (const Sighting& seen : history_.sightings) {
      for (const StatusSpan& span : history_.statuses) {
        if (span.stream != seen.stream) continue;
        // A paused or disabled stream is still told what the transmitter has to say of it.
        if (seen.event.empty() && span.status != StatusSpan::Status::deleted) continue;
        if (seen.at > span.from + history_.grace && seen.at < span.until) {
          violated(Invariant::i8_status, name_of(seen) + ": the stream was not enabled");
        }
      }
    }
  }

  void judge_acks() {
    std::map<OnStream, Moment> acked;
    for (const Sighting& seen : history_.sightings) {
      const auto stream = history_.streams.find(seen.stream);
      if (stream == history_.streams.end() || !stream->second.polled) continue;
      const OnStream key{seen.stream, seen.jti};
      const auto before = acked.find(key);
      if (before != acked.end() && seen.at > before->second) {
        violated(Invariant::i9_ack_is_final, name_of(seen) + ": it was acknowledged");
      }
      if (seen.answer != Sighting::Answer::acknowledged) continue;
      const auto [at, is_new] = acked.try_emplace(key, seen.answered);
      if (!is_new) at->second = std::min(at->second, seen.answered);
    }
  }

  void judge_signatures() {
    for (const Sighting& seen : history_.sightings) {
      if (!seen.defect.empty()) {
        violated(Invariant::i10_verifies, name_of(seen) + ": " + seen.defect);
      }
    }
  }

  // accepted x matched = delivered + pending + terminal, each exactly once.
  void judge_books() {
    for (const auto& [key, rows] : rows_) {
      const auto& [stream, name] = key;
      if (name.empty()) continue;
      const Publication* event = publication_of(name);
      const bool may_be = event != nullptr && event->answer != Publication::Answer::refused &&
                          event->streams.contains(stream);
      if (!may_be) violated(Invariant::i11_books_balance, stream + " owes " + name + " to nobody");
      if (rows.size() > 1) {
        violated(Invariant::i11_books_balance, stream + " has " + name + " more than once");
      }
    }
    for (const Publication& event : history_.publications) {
      if (event.answer == Publication::Answer::refused) continue;
      const auto rows = static_cast<std::size_t>(std::ranges::count_if(
          event.streams,
          [&](const std::string& stream) { return rows_.contains({stream, event.name}); }));
      const bool is_whole = rows == event.streams.size();
      const bool is_absent = rows == 0 && event.answer == Publication::Answer::unknown;
      if (!is_whole && !is_absent) {
        violated(Invariant::i11_books_balance, event.name + " is on " + std::to_string(rows) +
                                                   " streams, not on " +
                                                   std::to_string(event.streams.size()));
      }
    }
  }

  void judge_secrets() {
    for (const Output& output : history_.outputs) {
      for (const std::string& secret : history_.secrets) {
        if (!secret.empty() && output.text.find(secret) != std::string::npos) {
          // The secret itself stays out of this output, too.
          violated(Invariant::i12_no_secret, output.name + " holds a secret");
        }
      }
    }
  }

  const History& history_;
  std::map<std::string, const Publication*> publications_;
  std::map<OnStream, std::vector<std::size_t>> places_;
  std::map<OnStream, std::vector<const Row*>> rows_;
  std::vector<Violation> violations_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Violation& violation) {
  return out << 'I' << static_cast<int>(violation.invariant) << ": " << violation.what;
}

std::vector<Violation> judge(const History& history) {
  return Judge(history).verdict();
}

}  // namespace tocsin::test
