// Keys of the two kinds of simple subject, sorted, each once.
#pragma once

#include <vector>

#include "tocsin/subject.h"

namespace tocsin::subject {

std::vector<SubjectKey> keys_of(const SubjectIdentifier& identifier);
std::vector<SubjectKey> keys_of(const AliasesSubject& aliases);

}  // namespace tocsin::subject
