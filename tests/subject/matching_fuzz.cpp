// Two subjects in one JSON array: the laws of matching hold for any pair.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "tocsin/subject.h"

using namespace tocsin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  const JsonArray* pair = json->as_array();
  if (pair == nullptr || pair->size() != 2) return 0;
  const auto a = parse_subject((*pair)[0], Strictness::lenient);
  const auto b = parse_subject((*pair)[1], Strictness::lenient);
  if (!a || !b) return 0;

  TOCSIN_ASSERT(matches(*a, *a) && matches(*b, *b));
  TOCSIN_ASSERT(matches(*a, *b) == matches(*b, *a));
  TOCSIN_ASSERT(is_same_entry(*a, *b) == is_same_entry(*b, *a));
  if (is_same_entry(*a, *b)) TOCSIN_ASSERT(covers(*a, *b) && covers(*b, *a));
  if (covers(*a, *b)) TOCSIN_ASSERT(matches(*a, *b));

  const auto* x = std::get_if<SubjectIdentifier>(&*a);
  const auto* y = std::get_if<SubjectIdentifier>(&*b);
  if (x != nullptr && y != nullptr) {
    TOCSIN_ASSERT(matches(*a, *b) == (SubjectKey(*x) == SubjectKey(*y)));
    if (format_of(*x) != format_of(*y)) TOCSIN_ASSERT(!matches(*a, *b));
    // Equal JSON is equal in every other sense (the literal rule implies the canonical one).
    if ((*pair)[0] == (*pair)[1]) TOCSIN_ASSERT(matches(*a, *b));
  }
  return 0;
}
