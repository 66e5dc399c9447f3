// Any JSON read as every stream document: what is taken, written and read again says the same, and
// what is not taken has a finding that refuses it at any strictness.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "tocsin/stream_config.h"
#include "tocsin/stream_requests.h"
#include "tocsin/transmitter_metadata.h"

using namespace tocsin;

namespace {

template <class Read>
void check(const Json& json, Read read) {
  Findings findings;
  const auto document = read(json, findings);
  const auto* refusal = first_refusal(findings, Strictness::lenient, Direction::received);
  TOCSIN_ASSERT(document || refusal != nullptr);
  if (!document) return;
  const Json written = to_json(*document);
  Findings again;
  const auto second = read(written, again);
  TOCSIN_ASSERT(second.has_value());
  TOCSIN_ASSERT(to_json(*second) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = parse_json({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  const Json& json = *parsed;
  const UrlRules urls;
  check(json, [](Json j, Findings& f) { return read_stream_config(std::move(j), "", f); });
  check(json, [](Json j, Findings& f) { return read_metadata(std::move(j), "", f); });
  check(json, [&](Json j, Findings& f) { return read_stream_create(std::move(j), urls, f); });
  check(json, [&](Json j, Findings& f) { return read_stream_update(std::move(j), urls, f); });
  check(json, [&](Json j, Findings& f) { return read_stream_replace(std::move(j), urls, f); });
  check(json, read_status);
  check(json, read_subject_add);
  check(json, read_subject_remove);
  check(json, read_verification_request);
  lint_stream_create(json);
  return 0;
}
