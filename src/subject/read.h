// read_subject() for readers that already stand somewhere in a document.
#pragma once

#include "base/json_path.h"
#include "tocsin/subject.h"

namespace tocsin {

std::optional<Subject> read_subject(Json json, Strictness strictness, const JsonPath& path,
                                    Findings& findings);

}  // namespace tocsin
