// What validation found: one defect, where it is, how binding the broken rule is, and the section
// that states it. A parser reports every finding it can; a policy decides which of them refuse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/error.h"

namespace tocsin {

// How binding the broken rule is.
enum class Level : std::uint8_t {
  must,     // a specification forbids it
  should,   // a specification advises against it
  policy,   // the specifications are silent, Tocsin forbids it
  interop,  // only the CAEP Interoperability Profile forbids it
  tx,       // must not be sent; a receiver accepts or ignores it
  warn,     // legal, but looks like a mistake
};

// How much of that refuses something we receive.
enum class Strictness : std::uint8_t {
  strict,   // plain SSF, CAEP and RISC: `must` and `policy`
  interop,  // as strict, plus `interop`, and reason_admin as a plain string is taken
  lenient,  // for legacy peers: `policy` is a warning, and known slips of the field are mended
};

// What is judged: something a peer sent us, or something we are about to send.
enum class Direction : std::uint8_t { received, sent };

// The one place that says which finding refuses. Sending refuses everything but `warn`, and
// `interop` only under Strictness::interop.
bool refuses(Level level, Strictness strictness, Direction direction) noexcept;

struct Finding {
  Errc code;
  Level level;
  std::string path;          // JSON Pointer (RFC 6901) into the document, e.g. "/sub_id/email"
  std::string_view section;  // e.g. "RFC 9493 3.2.2"; static storage
  std::string detail;        // may quote the value, cut and escaped: our log and linter only

  // "subject.value at /sub_id/email: no @ (RFC 9493 3.2.2)"
  std::string to_string() const;
};

using Findings = std::vector<Finding>;

// The first finding that refuses under this policy; nullptr when all may pass.
const Finding* first_refusal(const Findings& findings, Strictness strictness,
                             Direction direction) noexcept;

// The Error a refusing finding becomes.
Error to_error(const Finding& finding);

}  // namespace tocsin
