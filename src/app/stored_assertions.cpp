#include "app/stored_assertions.h"

#include <utility>

namespace tocsin::app {

http::Task<Result<bool>> StoredAssertions::use(std::string client_id, std::string jti,
                                               std::chrono::sys_seconds exp) {
  // A client_id has no control character, so no two pairs read alike.
  std::string name = "assertion";
  for (const std::string* part : {&client_id, &jti}) name.append(1, '\0').append(*part);
  return names_.use_once(std::move(name), exp);
}

}  // namespace tocsin::app
