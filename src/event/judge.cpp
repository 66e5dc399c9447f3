#include "event/judge.h"

#include <algorithm>

#include "event/language_tag.h"

namespace tocsin {

bool Judge::stands_in_extra(std::string_view name) {
  if (extra_.empty() || !has_extra(name)) return false;
  if (origin_ == Origin::built) {
    add(Errc::event_type, Level::must, member(name), "in `extra` instead of its own place");
  }
  return true;
}

void Judge::demand_reason(const std::optional<LanguageMap>& reason_admin,
                          std::string_view interop_section) {
  if (strictness_ != Strictness::interop) return;
  constexpr std::string_view name = "reason_admin";
  section(interop_section);
  if (!reason_admin) {
    if (!has_extra(name)) add(Errc::event_missing, Level::interop, member(name));
  } else if (std::ranges::all_of(reason_admin->texts,
                                 [](const auto& text) { return text.second.empty(); })) {
    add(Errc::event_value, Level::interop, member(name), "no text that says anything");
  }
}

void Judge::refuse_member(std::string_view name, std::string_view detail) {
  if (has_extra(name)) add(Errc::event_value, Level::must, member(name), std::string(detail));
}

void Judge::judge(const std::string& value, const Rule& rule, const JsonPath& where) {
  if (rule.accepts == nullptr || rule.accepts(value)) return;
  add(Errc::event_value, rule.value_level, where, std::string(rule.complaint));
}

void Judge::judge(const NumericDate& value, const Rule&, const JsonPath& where) {
  if (value.seconds >= milliseconds_from) add(Errc::warn_milliseconds, Level::warn, where);
}

void Judge::judge(const LanguageMap& value, const Rule& rule, const JsonPath& where) {
  if (value.texts.empty()) add(Errc::event_value, rule.type_level, where, "no text");
  for (const auto& [tag, text] : value.texts) {
    if (is_language_tag(tag)) continue;
    add(Errc::event_value, rule.type_level, where.member(tag), quoted(tag) + " is no language tag");
  }
}

void Judge::judge(const std::vector<std::string>& value, const Rule& rule, const JsonPath& where) {
  for (std::size_t i = 0; i < value.size(); ++i) judge(value[i], rule, where.element(i));
}

}  // namespace tocsin
