#include "support/fixtures.h"

namespace tocsin::test {

std::string fixtures_folder() {
  return TOCSIN_FIXTURES;
}

}  // namespace tocsin::test
