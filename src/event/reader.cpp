#include "event/reader.h"

#include <algorithm>

namespace tocsin {
namespace {

NumericDate from_milliseconds(const NumericDate& date) {
  return {.seconds = date.seconds / 1000,
          .nanoseconds = static_cast<std::uint32_t>(date.seconds % 1000 * 1'000'000 +
                                                    date.nanoseconds / 1000)};
}

}  // namespace

JsonObject Reader::finish() && {
  if (taken_count_ == payload_.size()) return {};
  for (std::size_t i = 0; i < taken_count_; ++i) payload_.erase(taken_[i]);
  return std::move(payload_);
}

bool Reader::refuse_type(const Json& value, std::string_view expected, const Rule& rule,
                         const JsonPath& where) {
  add(Errc::event_type, rule.type_level, where,
      std::string(value.type_name()) + " instead of " + std::string(expected));
  return false;
}

bool Reader::read(Json& value, std::string& field, const Rule& rule, const JsonPath& where) {
  std::string* text = value.as_string();
  if (text == nullptr) return refuse_type(value, "a string", rule, where);
  field = std::move(*text);
  return true;
}

bool Reader::read(Json& value, NumericDate& field, const Rule& rule, const JsonPath& where) {
  const JsonNumber* number = value.as_number();
  if (number == nullptr) return refuse_type(value, "a number", rule, where);
  const auto date = NumericDate::from_number(*number);
  if (!date) {
    add(Errc::event_type, rule.type_level, where, date.error().detail);
    return false;
  }
  field = *date;
  const bool is_milliseconds =
      field.seconds >= milliseconds_from && field.seconds < milliseconds_from * 1000;
  if (is_milliseconds && strictness_ == Strictness::lenient) {
    add(Errc::warn_milliseconds, Level::warn, where, "read as milliseconds");
    field = from_milliseconds(field);
  }
  return true;
}

bool Reader::read(Json& value, LanguageMap& field, const Rule& rule, const JsonPath& where) {
  if (std::string* text = value.as_string(); text != nullptr && may_stand_alone(rule)) {
    add(Errc::event_type, Level::tx, where, "a text alone, read as a language map");
    field = LanguageMap("und", std::move(*text));
    return true;
  }
  JsonObject* texts = value.as_object();
  if (texts == nullptr) return refuse_type(value, "an object", rule, where);
  for (const JsonMember& member : *texts) {
    if (member.value.as_string() == nullptr) {
      return refuse_type(member.value, "a string", rule, where.member(member.name));
    }
  }
  field.texts.reserve(texts->size());
  for (JsonMember& member : *texts) {
    field.texts.emplace_back(std::move(member.name), std::move(*member.value.as_string()));
  }
  return true;
}

bool Reader::read(Json& value, std::vector<std::string>& field, const Rule& rule,
                  const JsonPath& where) {
  if (std::string* text = value.as_string(); text != nullptr && may_stand_alone(rule)) {
    add(Errc::event_type, Level::tx, where, "a text alone, read as an array");
    field.push_back(std::move(*text));
    return true;
  }
  JsonArray* elements = value.as_array();
  if (elements == nullptr) return refuse_type(value, "an array", rule, where);
  for (std::size_t i = 0; i < elements->size(); ++i) {
    if ((*elements)[i].as_string() == nullptr) {
      return refuse_type((*elements)[i], "a string", rule, where.element(i));
    }
  }
  field.reserve(elements->size());
  for (Json& element : *elements) field.push_back(std::move(*element.as_string()));
  return true;
}

bool Reader::read(Json& value, JsonObject& field, const Rule& rule, const JsonPath& where) {
  JsonObject* object = value.as_object();
  if (object == nullptr) return refuse_type(value, "an object", rule, where);
  field = std::move(*object);
  return true;
}

std::optional<caep::ChangeType> Reader::mended(std::string_view text, caep::ChangeType) {
  if (text == "created") return caep::ChangeType::create;
  if (text == "revoked") return caep::ChangeType::revoke;
  if (text == "updated") return caep::ChangeType::update;
  if (text == "deleted") return caep::ChangeType::delete_;
  return {};
}

}  // namespace tocsin
