// SETs seen, inside a transaction.
#pragma once

#include <string>

#include "store/inbox.h"
#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

Result<Admission> admit(Work& work, const InboxEntry& entry);
Result<bool> has_seen(Work& work, const std::string& iss, const std::string& jti);

}  // namespace tocsin::store::sqlite
