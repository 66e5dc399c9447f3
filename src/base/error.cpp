// The table behind Errc.
#include "tocsin/error.h"

#include <array>

namespace tocsin {
namespace {

constexpr std::array defects{
#define TOCSIN_ROW(name, kind, defect_class, err, text) \
  Defect{#name, ErrorKind::kind, defect_class, err, text},
    TOCSIN_DEFECTS(TOCSIN_ROW)
#undef TOCSIN_ROW
};

}  // namespace

const Defect& describe(Errc code) noexcept {
  return defects[static_cast<std::size_t>(code)];
}

std::string Error::to_string() const {
  const Defect& defect = describe(code);
  std::string text(defect.defect_class);
  text += ": ";
  text += defect.public_text;
  if (!detail.empty()) text += " (" + detail + ")";
  return text;
}

}  // namespace tocsin
