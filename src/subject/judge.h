// What is wrong with the values of an identifier that could be built. Reading judges what it built;
// judge_subject() judges what an application built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_path.h"
#include "tocsin/subject.h"

namespace tocsin::subject {

// Where an identifier stands; it decides what may stand there (subjects.md section 3).
enum class Place : std::uint8_t { alone, complex_member, alias };

[[gnu::cold]] void add(Findings& findings, Errc code, Level level, const JsonPath& path,
                       std::string_view section, std::string detail = {});

void judge(const SubjectIdentifier& identifier, Place place, const JsonPath& path,
           Findings& findings);
void judge(const AliasesSubject& aliases, const JsonPath& path, Findings& findings);
void judge(const ComplexSubject& complex, const JsonPath& path, Findings& findings);

// Members a format defined in `section` does not describe: nothing we may send (SUB-05).
void judge_extra(const JsonObject& extra, std::string_view section, const JsonPath& path,
                 Findings& findings);

// What `identifiers` of an aliases subject must be as a list. False if there is none or too many;
// then its elements are not worth reading.
bool judge_list(const JsonArray& identifiers, const JsonPath& list, Findings& findings);

// The same for the number of members of a complex subject.
bool judge_members(std::size_t count, const JsonPath& path, Findings& findings);

// False, with a finding that refuses at any strictness, when one subject has too much text.
bool judge_octets(std::size_t octets, const JsonPath& path, Findings& findings);

// Octets of all member names and values.
std::size_t octets_of(const Json& value);
std::size_t octets_of(const JsonObject& object);

}  // namespace tocsin::subject
