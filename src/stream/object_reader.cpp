#include "stream/object_reader.h"

#include <utility>

namespace tocsin::stream {

ObjectReader::ObjectReader(Json& json, const JsonPath& path, const Codes& codes,
                           std::string_view section, Findings& findings, Nulls nulls)
    : object_(json.as_object()),
      path_(path),
      codes_(codes),
      section_(section),
      findings_(findings),
      nulls_(nulls) {
  if (object_ == nullptr) refuse_type(path_, "an object");
}

Json* ObjectReader::find(std::string_view name) noexcept {
  Json* value = object_->find(name);
  if (value != nullptr && value->is_null() && nulls_ == Nulls::absent) return nullptr;
  return value;
}

Json* ObjectReader::require(std::string_view name) {
  Json* value = find(name);
  if (value == nullptr) {
    missing(path_, Level::must, name);
    whole_ = false;
  }
  return value;
}

std::optional<std::string> ObjectReader::text(std::string_view name) {
  Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  return text_of(*value, at(name));
}

std::optional<std::string> ObjectReader::required_text(std::string_view name) {
  Json* value = require(name);
  if (value == nullptr) return std::nullopt;
  return text_of(*value, at(name));
}

std::optional<std::vector<std::string>> ObjectReader::texts(std::string_view name) {
  Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  return texts_of(*value, at(name));
}

std::optional<std::chrono::seconds> ObjectReader::seconds(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  const JsonNumber* number = value->as_number();
  const auto count = number == nullptr ? std::nullopt : number->as_int64();
  if (!count) {
    refuse_type(at(name), "a whole number of seconds");
    return std::nullopt;
  }
  return std::chrono::seconds(*count);
}

std::optional<bool> ObjectReader::flag(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const bool* flag = value->as_bool()) return *flag;
  refuse_type(at(name), "true or false");
  return std::nullopt;
}

std::optional<std::string> ObjectReader::text_of(Json& value, const JsonPath& path) {
  if (std::string* text = value.as_string()) return std::move(*text);
  refuse_type(path, "a string");
  return std::nullopt;
}

std::optional<std::vector<std::string>> ObjectReader::texts_of(Json& value, const JsonPath& path) {
  JsonArray* array = value.as_array();
  if (array == nullptr) {
    refuse_type(path, "an array of strings");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  texts.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    if (auto text = text_of((*array)[i], path.element(i))) texts.push_back(*std::move(text));
  }
  if (texts.size() != array->size()) return std::nullopt;
  return texts;
}

void ObjectReader::refuse_type(const JsonPath& path, std::string_view expected) {
  add(codes_.type, Level::must, path, "not " + std::string(expected));
  whole_ = false;
}

void ObjectReader::missing(const JsonPath& path, Level level, std::string_view name) {
  add(codes_.missing, level, path, "there is no " + std::string(name));
}

void ObjectReader::value(const JsonPath& path, Level level, std::string_view reason) {
  add(codes_.value, level, path, std::string(reason));
}

void ObjectReader::add(Errc code, Level level, const JsonPath& path, std::string detail) {
  findings_.push_back({code, level, path.text(), section_, std::move(detail)});
}

}  // namespace tocsin::stream
