// Subjects and payloads as the tables keep them: the JSON that goes into SETs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tocsin/event.h"
#include "tocsin/subject.h"

namespace tocsin::store::sqlite {

std::string subject_text(const Subject& subject);
std::string payload_text(const Event& event);

// They were judged before they were kept: nothing is mended or refused here for its content.
// store_schema: the text is not ours.
Result<Subject> read_subject_text(std::string_view text);
Result<Event> read_payload_text(std::string_view type, std::string_view text);

}  // namespace tocsin::store::sqlite
