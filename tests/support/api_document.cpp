#include "support/api_document.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace tocsin::test {
namespace {

const Json null;

const Json& at(const Json& value, std::string_view name) {
  const Json* member = value.as_object() == nullptr ? nullptr : value.as_object()->find(name);
  return member == nullptr ? null : *member;
}

std::string text_at(const Json& value, std::string_view name) {
  const std::string* text = at(value, name).as_string();
  return text == nullptr ? "" : *text;
}

bool has_type(const Json& value, const std::string& type) {
  if (type == "integer") return value.as_number() != nullptr && value.as_number()->as_int64();
  return value.type_name() == type;
}

// A variable of the path stands for one segment, its last.
bool fits(std::string_view path, std::string_view asked) {
  const std::size_t variable = path.find('{');
  if (variable == std::string_view::npos) return path == asked;
  const std::string_view start = path.substr(0, variable);
  return asked.starts_with(start) && asked.size() > start.size() &&
         asked.find('/', start.size()) == std::string_view::npos;
}

// Words that say nothing about what an answer looks like: prose, and bounds, which requests have.
constexpr std::array unjudged{"description", "format",    "minItems", "maxItems",
                              "minLength",   "maxLength", "minimum",  "maximum"};
constexpr std::array judged{"$ref",     "type",  "const",
                            "enum",     "oneOf", "properties",
                            "required", "items", "additionalProperties"};

}  // namespace

const ApiDocument& ApiDocument::ours() {
  static const ApiDocument document = [] {
    std::ifstream file(TOCSIN_API_DOCUMENT);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    auto root = parse_json(text);
    if (!root) throw std::runtime_error(TOCSIN_API_DOCUMENT ": " + root.error().to_string());
    return ApiDocument(*std::move(root));
  }();
  return document;
}

ApiDocument::ApiDocument(Json root) : root_(std::move(root)) {
  for (const JsonMember& path : *at(root_, "paths").as_object()) {
    for (const JsonMember& item : *path.value.as_object()) {
      if (item.name == "servers") continue;
      std::string method = item.name;
      std::ranges::transform(method, method.begin(), [](char c) { return c & ~0x20; });
      operations_.push_back({std::move(method), path.name, &item.value});
    }
  }
}

std::string ApiDocument::version() const {
  return text_at(at(root_, "info"), "version");
}

const ApiDocument::Operation* ApiDocument::find(std::string_view method,
                                                std::string_view path) const {
  const auto found = std::ranges::find_if(operations_, [&](const Operation& operation) {
    return operation.method == method && fits(operation.path, path.substr(0, path.find('?')));
  });
  return found == operations_.end() ? nullptr : &*found;
}

const Json& ApiDocument::resolved(const Json& value) const {
  const std::string reference = text_at(value, "$ref");
  if (reference.empty()) return value;
  const Json* place = &root_;
  for (std::size_t from = 2; from < reference.size();) {  // past "#/"
    const std::size_t end = std::min(reference.find('/', from), reference.size());
    place = &at(*place, std::string_view(reference).substr(from, end - from));
    from = end + 1;
  }
  return *place;
}

std::string ApiDocument::judge(std::string_view method, std::string_view path,
                               const Answer& answer) const {
  const Operation* operation = find(method, path);
  return operation == nullptr ? "" : judge(*operation, answer);
}

std::string ApiDocument::judge(const Operation& operation, const Answer& answer) const {
  const std::string where =
      operation.method + " " + operation.path + " " + std::to_string(answer.status) + ": ";
  const Json& responses = at(*operation.item, "responses");
  const Json* response = &at(responses, std::to_string(answer.status));
  if (response->is_null()) {
    if (answer.status < 400) return where + "no such status";
    response = &at(responses, "default");
  }
  const Json& content = at(resolved(*response), "content");
  if (content.is_null()) return answer.body.empty() ? "" : where + "a body";
  const std::string type = answer.type.substr(0, answer.type.find(';'));
  const Json& media = at(content, type);
  if (media.is_null()) return where + "no such media type: " + answer.type;
  if (!type.ends_with("json")) return "";
  const auto body = parse_json(answer.body, {.text_max = 8 * 1024 * 1024});
  if (!body) return where + "no JSON";
  const std::string wrong = judge_value(at(media, "schema"), *body, "");
  return wrong.empty() ? "" : where + wrong;
}

std::string ApiDocument::judge_value(const Json& written, const Json& value,
                                     const std::string& at_) const {
  const Json& schema = resolved(written);
  if (const JsonArray* choices = at(schema, "oneOf").as_array()) {
    const auto fitting = std::ranges::count_if(
        *choices, [&](const Json& choice) { return judge_value(choice, value, at_).empty(); });
    return fitting == 1 ? "" : at_ + ": fits " + std::to_string(fitting) + " of the choices";
  }
  const Json& constant = at(schema, "const");
  if (!constant.is_null() && !(value == constant)) return at_ + ": another value";
  if (const JsonArray* values = at(schema, "enum").as_array()) {
    if (std::ranges::find(*values, value) == values->end()) return at_ + ": not one of the values";
  }
  const Json& type = at(schema, "type");
  if (type.as_string() != nullptr && !has_type(value, *type.as_string())) {
    return at_ + ": " + std::string(value.type_name()) + " instead of " + *type.as_string();
  }
  if (const JsonArray* types = type.as_array()) {
    const bool fits_one = std::ranges::any_of(
        *types, [&](const Json& each) { return has_type(value, *each.as_string()); });
    if (!fits_one) return at_ + ": " + std::string(value.type_name());
  }
  if (const JsonArray* items = value.as_array()) {
    for (const Json& item : *items) {
      std::string wrong = judge_value(at(schema, "items"), item, at_ + "/-");
      if (!wrong.empty()) return wrong;
    }
  }
  return value.as_object() == nullptr ? "" : judge_object(schema, *value.as_object(), at_);
}

std::string ApiDocument::judge_object(const Json& schema, const JsonObject& object,
                                      const std::string& at_) const {
  if (const JsonArray* required = at(schema, "required").as_array()) {
    for (const Json& name : *required) {
      if (object.find(*name.as_string()) == nullptr) return at_ + ": no " + *name.as_string();
    }
  }
  const Json& properties = at(schema, "properties");
  const Json& others = at(schema, "additionalProperties");
  for (const JsonMember& member : object) {
    const Json& property = at(properties, member.name);
    const std::string place = at_ + '/' + member.name;
    if (property.is_null() && others.as_bool() != nullptr && !*others.as_bool()) {
      return place + ": not in the document";
    }
    std::string wrong = judge_value(property.is_null() ? others : property, member.value, place);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::vector<std::string> ApiDocument::defects() const {
  std::vector<std::string> found;
  look_for_defects(root_, "", found);
  for (const JsonMember& schema : *at(at(root_, "components"), "schemas").as_object()) {
    if (to_text(root_).find("schemas/" + schema.name + "\"") == std::string::npos) {
      found.push_back("nobody refers to " + schema.name);
    }
  }
  return found;
}

void ApiDocument::look_for_defects(const Json& value, const std::string& at_,
                                   std::vector<std::string>& found) const {
  if (resolved(value).is_null() && !value.is_null()) found.push_back(at_ + ": leads nowhere");
  const bool is_schema = at_.ends_with("/schema") || at_.ends_with("/items") ||
                         (at_.find("/schemas/") != std::string::npos &&
                          at_.find('/', at_.find("/schemas/") + 9) == std::string::npos) ||
                         at_.find("/properties/", at_.rfind('/') - 11) != std::string::npos;
  if (const JsonObject* members = value.as_object()) {
    for (const JsonMember& member : *members) {
      const auto is_it = [&](const char* word) { return member.name == word; };
      if (is_schema && std::ranges::none_of(judged, is_it) &&
          std::ranges::none_of(unjudged, is_it)) {
        found.push_back(at_ + ": nobody judges " + member.name);
      }
      look_for_defects(member.value, at_ + '/' + member.name, found);
    }
  }
  if (const JsonArray* items = value.as_array()) {
    for (const Json& item : *items) look_for_defects(item, at_ + "/-", found);
  }
}

}  // namespace tocsin::test
