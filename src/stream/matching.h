// Which entries of which streams an event meets, without going through them (SSF 1.0 section
// 8.1.3.1; MAT-01 to MAT-12). An entry leaves postings in an index, an event looks up its own, and
// both agree exactly where tocsin::matches() or covers() would. Pure: whoever keeps the index keeps
// hashes of these texts.
//
// Two complex subjects match if they agree on every member name they share. So the index knows the
// shapes in use, the sets of member names its entries have; for an entry of shape S it holds one
// posting per subset of S. An event with the names E can meet an entry of shape S only on S∩E, so
// it looks up one posting per shape. Aliases of a member multiply postings and look-ups; what would
// become too many is indexed by single members instead, as hints, and confirmed one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/result.h"
#include "tocsin/subject.h"

namespace tocsin::stream {

enum class MatchRule : std::uint8_t {
  matches,  // entries added where default_subjects is NONE
  covers,   // entries removed where it is ALL (MAT-12)
};

// A subject as what is compared: member names, sorted, with the keys any of which makes two members
// equal. A simple subject is one member without a name.
struct KeyedSubject {
  struct Member {
    std::string name;
    std::vector<std::string> keys;
  };
  explicit KeyedSubject(const Subject& subject);

  bool complex = false;
  std::vector<Member> members;
};

// A set of member names and how its entries are indexed.
struct Shape {
  MatchRule rule = MatchRule::matches;
  bool complex = false;
  bool hinted = false;  // postings are of single members, and only hints
  std::vector<std::string> names{};

  std::string text() const;
  static std::optional<Shape> parse(std::string_view text);
};

struct IndexEntry {
  std::string shape;                    // the text of a Shape
  std::vector<std::string> postings{};  // each once
  bool hinted = false;
};
IndexEntry index_entry(const Subject& subject, MatchRule rule);

// The name of an entry: equal exactly for subjects that are the same entry (SUB-44).
std::string entry_name(const Subject& subject);

// Is an entry left under this posting? Asked with `whole` false only to learn whether looking
// further is worth it; with `whole` true, an entry there is one the event meets.
using LookUp = std::function<Result<bool>(const std::string& posting, bool whole)>;

// Looks up what the event meets under a shape that is not hinted.
Result<void> look_up(const Shape& shape, const KeyedSubject& event, const LookUp& look_up);

// Of a hinted shape: groups of postings. Every entry the event meets is under each of the groups,
// so the smallest will do; what is found there is confirmed by is_met().
std::vector<std::vector<std::string>> hints(const Shape& shape, const KeyedSubject& event);

inline bool is_met(MatchRule rule, const Subject& entry, const Subject& event) {
  return rule == MatchRule::matches ? matches(entry, event) : covers(entry, event);
}

}  // namespace tocsin::stream
