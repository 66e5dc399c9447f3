#include "stream/matching.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "base/try.h"

namespace tocsin::stream {
namespace {

constexpr std::size_t subset_members_max = 4;  // 15 postings
constexpr std::size_t postings_max = 64;       // of one entry; look-ups of one event and shape

// Texts in a row that can be told apart whatever they hold.
void append_part(std::string& text, std::string_view part) {
  text += std::to_string(part.size());
  text += ':';
  text += part;
}

std::optional<std::string_view> take_part(std::string_view& text) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits >= text.size() || *end != ':' ||
      size > text.size() - digits - 1) {
    return std::nullopt;
  }
  const std::string_view part = text.substr(digits + 1, size);
  text.remove_prefix(digits + 1 + size);
  return part;
}

using Members = std::span<const KeyedSubject::Member* const>;

std::vector<const KeyedSubject::Member*> pointers(const KeyedSubject& subject) {
  std::vector<const KeyedSubject::Member*> members;
  for (const KeyedSubject::Member& member : subject.members) members.push_back(&member);
  return members;
}

// The product of (keys + extra) over the members, or a number beyond postings_max.
std::size_t combinations(Members members, std::size_t extra) {
  std::size_t product = 1;
  for (const KeyedSubject::Member* member : members) {
    product = std::min(product * (member->keys.size() + extra), 2 * postings_max);
  }
  return product;
}

void append_member(std::string& text, const KeyedSubject::Member& member, std::string_view key) {
  append_part(text, member.name);
  append_part(text, key);
}

std::string beginning(std::string_view shape) {
  std::string text;
  append_part(text, shape);
  return text;
}

// Every non-empty subset of the members, with every choice of keys.
void add_subsets(Members left, const std::string& text, bool empty,
                 std::vector<std::string>& postings) {
  if (left.empty()) {
    if (!empty) postings.push_back(text);
    return;
  }
  add_subsets(left.subspan(1), text, empty, postings);
  for (const std::string& key : left.front()->keys) {
    std::string longer = text;
    append_member(longer, *left.front(), key);
    add_subsets(left.subspan(1), longer, false, postings);
  }
}

// The members up to each of them, with every choice of keys: what look_up() may ask on its way to
// all of them.
void add_prefixes(Members left, const std::string& text, std::vector<std::string>& postings) {
  if (left.empty()) return;
  for (const std::string& key : left.front()->keys) {
    std::string longer = text;
    append_member(longer, *left.front(), key);
    postings.push_back(longer);
    add_prefixes(left.subspan(1), longer, postings);
  }
}

void add_singles(Members members, const std::string& text, std::vector<std::string>& postings) {
  for (const KeyedSubject::Member* member : members) {
    for (const std::string& key : member->keys) {
      postings.push_back(text);
      append_member(postings.back(), *member, key);
    }
  }
}

bool is_hinted(MatchRule rule, Members members) {
  if (rule == MatchRule::covers) return combinations(members, 0) > postings_max;
  return members.size() > subset_members_max || combinations(members, 1) - 1 > postings_max;
}

// The event's members that the shape has too; nothing if they cannot meet.
std::vector<const KeyedSubject::Member*> shared_members(const Shape& shape,
                                                        const KeyedSubject& event) {
  std::vector<const KeyedSubject::Member*> shared;
  if (shape.complex != event.complex) return shared;  // MAT-04
  for (const KeyedSubject::Member& member : event.members) {
    if (std::ranges::binary_search(shape.names, member.name)) shared.push_back(&member);
  }
  if (shape.rule == MatchRule::covers && shared.size() != shape.names.size()) shared.clear();
  return shared;
}

// Asks for all members at once, or member by member, which leaves early where nothing begins so.
Result<void> ask(Members left, const std::string& text, bool stepwise, const LookUp& look_up) {
  for (const std::string& key : left.front()->keys) {
    std::string longer = text;
    append_member(longer, *left.front(), key);
    const bool whole = left.size() == 1;
    if (whole || stepwise) {
      TOCSIN_TRY(const bool found, look_up(longer, whole));
      if (!found) continue;
    }
    if (!whole) TOCSIN_CHECK(ask(left.subspan(1), longer, stepwise, look_up));
  }
  return {};
}

std::vector<std::string> texts_of(const std::vector<SubjectKey>& keys) {
  std::vector<std::string> texts;
  for (const SubjectKey& key : keys) texts.push_back(key.text());
  return texts;
}

void append_entry(std::string& name, const SimpleSubject& subject) {
  append_part(name, std::holds_alternative<AliasesSubject>(subject) ? "aliases" : "one");
  std::string keys;
  for (const SubjectKey& key : keys_of(subject)) append_part(keys, key.text());
  append_part(name, keys);
}

}  // namespace

KeyedSubject::KeyedSubject(const Subject& subject) {
  if (const auto* many = std::get_if<ComplexSubject>(&subject)) {
    complex = true;
    for (const ComplexSubject::Member& member : many->members) {
      members.push_back({member.name, texts_of(keys_of(member.subject))});
    }
    std::ranges::sort(members, {}, &Member::name);
  } else if (const auto* aliases = std::get_if<AliasesSubject>(&subject)) {
    members.push_back({"", texts_of(keys_of(*aliases))});
  } else {
    members.push_back({"", texts_of(keys_of(std::get<SubjectIdentifier>(subject)))});
  }
}

std::string Shape::text() const {
  std::string text;
  text += rule == MatchRule::matches ? 'm' : 'c';
  text += complex ? 'x' : 's';
  text += hinted ? 'h' : 'e';
  for (const std::string& name : names) append_part(text, name);
  return text;
}

std::optional<Shape> Shape::parse(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  Shape shape;
  shape.rule = text[0] == 'm' ? MatchRule::matches : MatchRule::covers;
  shape.complex = text[1] == 'x';
  shape.hinted = text[2] == 'h';
  text.remove_prefix(3);
  while (!text.empty()) {
    const auto name = take_part(text);
    if (!name) return std::nullopt;
    shape.names.emplace_back(*name);
  }
  return shape;
}

IndexEntry index_entry(const Subject& subject, MatchRule rule) {
  const KeyedSubject keyed(subject);
  const auto members = pointers(keyed);
  Shape shape{.rule = rule, .complex = keyed.complex};
  shape.hinted = keyed.complex && is_hinted(rule, members);
  for (const KeyedSubject::Member* member : members) shape.names.push_back(member->name);

  IndexEntry entry{.shape = shape.text(), .hinted = shape.hinted};
  const std::string text = beginning(entry.shape);
  if (shape.hinted || !keyed.complex) {
    add_singles(members, text, entry.postings);
  } else if (rule == MatchRule::matches) {
    add_subsets(members, text, true, entry.postings);
  } else {
    add_prefixes(members, text, entry.postings);
  }
  return entry;
}

std::string entry_name(const Subject& subject) {
  std::string name;
  if (const auto* complex = std::get_if<ComplexSubject>(&subject)) {
    std::vector<std::string> members;
    for (const ComplexSubject::Member& member : complex->members) {
      members.emplace_back();
      append_part(members.back(), member.name);
      append_entry(members.back(), member.subject);
    }
    std::ranges::sort(members);
    name = "complex";
    for (const std::string& member : members) append_part(name, member);
  } else if (const auto* aliases = std::get_if<AliasesSubject>(&subject)) {
    append_entry(name, *aliases);
  } else {
    append_entry(name, std::get<SubjectIdentifier>(subject));
  }
  return name;
}

Result<void> look_up(const Shape& shape, const KeyedSubject& event, const LookUp& look_up) {
  const auto shared = shared_members(shape, event);
  if (shared.empty()) return {};
  const bool stepwise = combinations(shared, 0) > postings_max;
  return ask(shared, beginning(shape.text()), stepwise, look_up);
}

std::vector<std::vector<std::string>> hints(const Shape& shape, const KeyedSubject& event) {
  const auto shared = shared_members(shape, event);
  const std::string text = beginning(shape.text());
  std::vector<std::vector<std::string>> groups;
  for (const KeyedSubject::Member* member : shared) {
    groups.emplace_back();
    add_singles({&member, 1}, text, groups.back());
  }
  return groups;
}

}  // namespace tocsin::stream
