// Any JSON text: what is taken comes back equal, has one key, and is taken again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "tocsin/subject.h"

using namespace tocsin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  Findings findings;
  const auto subject = read_subject(*json, Strictness::lenient, "/sub_id", findings);
  TOCSIN_ASSERT(subject || first_refusal(findings, Strictness::lenient, Direction::received));
  for (const Finding& finding : findings) {
    TOCSIN_ASSERT(!finding.section.empty());
    TOCSIN_ASSERT(finding.path.starts_with("/sub_id"));
  }
  if (!subject) return 0;

  const Json written = to_json(*subject);
  TOCSIN_ASSERT(written == *json);
  const auto again = parse_json(to_text(written));
  TOCSIN_ASSERT(again && *again == written);

  // Judging what was built finds what reading found, but for what only lenient reading bends.
  Findings judged;
  judge_subject(*subject, "/sub_id", judged);
  const auto* complex = std::get_if<ComplexSubject>(&*subject);
  if (complex == nullptr || complex->extra.empty()) {
    TOCSIN_ASSERT(judged.size() == findings.size());
  }

  if (!complex || !complex->members.empty()) TOCSIN_ASSERT(matches(*subject, *subject));
  TOCSIN_ASSERT(is_same_entry(*subject, *subject));
  if (const auto* identifier = std::get_if<SubjectIdentifier>(&*subject)) {
    const auto other = parse_subject(*again, Strictness::lenient);
    if (other) {
      TOCSIN_ASSERT(SubjectKey(*identifier) == SubjectKey(std::get<SubjectIdentifier>(*other)));
    }
  }
  return 0;
}
