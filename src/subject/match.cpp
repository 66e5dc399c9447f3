// Which subjects a stream wants: sameness, matching and cover (subjects.md sections 4 and 5).
#include <algorithm>

#include "subject/keys.h"
#include "tocsin/subject.h"

namespace tocsin {
namespace {

using subject::keys_of;

bool have_common(const std::vector<SubjectKey>& a, const std::vector<SubjectKey>& b) {
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    const auto order = *left <=> *right;
    if (order == 0) return true;
    if (order < 0) {
      ++left;
    } else {
      ++right;
    }
  }
  return false;
}

// Equality of section 4: aliases equal whatever one of them equals.
bool are_equal(const SubjectIdentifier& a, const SubjectIdentifier& b) {
  return a.index() == b.index() && SubjectKey(a) == SubjectKey(b);
}
template <class A, class B>
bool are_equal(const A& a, const B& b) {
  return have_common(keys_of(a), keys_of(b));
}
bool are_equal(const SimpleSubject& a, const SimpleSubject& b) {
  return std::visit([](const auto& x, const auto& y) { return are_equal(x, y); }, a, b);
}

bool is_same(const SimpleSubject& a, const SimpleSubject& b) {
  return a.index() == b.index() && keys_of(a) == keys_of(b);
}

// MAT-02 and MAT-03: members both have are equal, and there is one.
struct Matches {
  bool operator()(const ComplexSubject& added, const ComplexSubject& event) const {
    bool shared = false;
    for (const ComplexSubject::Member& member : added.members) {
      const SimpleSubject* other = event.find(member.name);
      if (other == nullptr) continue;
      if (!are_equal(member.subject, *other)) return false;
      shared = true;
    }
    return shared;
  }
  template <class T>
  bool operator()(const ComplexSubject&, const T&) const {
    return false;  // MAT-04
  }
  template <class T>
  bool operator()(const T&, const ComplexSubject&) const {
    return false;
  }
  template <class A, class B>
  bool operator()(const A& added, const B& event) const {
    return are_equal(added, event);
  }
};

bool covers_members(const ComplexSubject& removed, const ComplexSubject& event) {
  return !removed.members.empty() &&
         std::ranges::all_of(removed.members, [&event](const ComplexSubject::Member& member) {
           const SimpleSubject* other = event.find(member.name);
           return other != nullptr && are_equal(member.subject, *other);
         });
}

bool have_same_members(const ComplexSubject& a, const ComplexSubject& b) {
  return a.members.size() == b.members.size() &&
         std::ranges::all_of(a.members, [&b](const ComplexSubject::Member& member) {
           const SimpleSubject* other = b.find(member.name);
           return other != nullptr && is_same(member.subject, *other);
         });
}

}  // namespace

bool is_same_entry(const Subject& a, const Subject& b) {
  if (a.index() != b.index()) return false;
  if (const auto* complex = std::get_if<ComplexSubject>(&a)) {
    return have_same_members(*complex, std::get<ComplexSubject>(b));
  }
  if (const auto* aliases = std::get_if<AliasesSubject>(&a)) {
    return keys_of(*aliases) == keys_of(std::get<AliasesSubject>(b));
  }
  return are_equal(std::get<SubjectIdentifier>(a), std::get<SubjectIdentifier>(b));
}

bool matches(const Subject& added, const Subject& event) {
  return std::visit(Matches{}, added, event);
}

bool covers(const Subject& removed, const Subject& event) {
  const auto* complex = std::get_if<ComplexSubject>(&removed);
  const auto* other = std::get_if<ComplexSubject>(&event);
  if (complex != nullptr && other != nullptr) return covers_members(*complex, *other);
  return matches(removed, event);
}

}  // namespace tocsin
