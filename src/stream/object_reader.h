// Reads one JSON object of a stream document, member by member: what is missing, of the wrong type
// or of an unacceptable value becomes a finding. Strings move out of the object.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_path.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin::stream {

// The classes of one family of documents.
struct Codes {
  Errc missing;
  Errc type;
  Errc value;
};
inline constexpr Codes stream_codes{Errc::stream_missing, Errc::stream_type, Errc::stream_value};
inline constexpr Codes metadata_codes{Errc::metadata_missing, Errc::metadata_type,
                                      Errc::metadata_value};

// What `null` says about a member: nothing we understand, or that it is not there.
enum class Nulls : bool { refused, absent };

class ObjectReader {
 public:
  // All but `codes` and `section` must outlive the reader. A `json` that is no object is a finding.
  ObjectReader(Json& json, const JsonPath& path, const Codes& codes, std::string_view section,
               Findings& findings, Nulls nulls = Nulls::refused);

  // False when something stands in the way of building the document; then a finding says what.
  bool whole() const noexcept { return whole_; }
  bool is_object() const noexcept { return object_ != nullptr; }
  JsonObject& object() noexcept { return *object_; }

  // The section that states the rules which follow. Static storage.
  void section(std::string_view section) noexcept { section_ = section; }
  JsonPath at(std::string_view name) const { return path_.member(name); }

  // The member, or nothing if it is absent; a required one that is absent is a finding.
  Json* find(std::string_view name) noexcept;
  Json* require(std::string_view name);

  // Its value, moved out; nothing if it is absent or, with a finding, of another type.
  std::optional<std::string> text(std::string_view name);
  std::optional<std::string> required_text(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name);
  std::optional<std::chrono::seconds> seconds(std::string_view name);
  std::optional<bool> flag(std::string_view name);

  // The same for a value at hand.
  std::optional<std::string> text_of(Json& value, const JsonPath& path);
  std::optional<std::vector<std::string>> texts_of(Json& value, const JsonPath& path);

  void refuse_type(const JsonPath& path, std::string_view expected);
  void missing(const JsonPath& path, Level level, std::string_view name);
  void value(const JsonPath& path, Level level, std::string_view reason);
  void add(Errc code, Level level, const JsonPath& path, std::string detail);

  // For an object inside this one, read by another reader with the same findings.
  void take_over(bool whole) noexcept { whole_ = whole_ && whole; }
  Findings& findings() noexcept { return findings_; }

 private:
  JsonObject* object_;
  const JsonPath& path_;
  Codes codes_;
  std::string_view section_;
  Findings& findings_;
  Nulls nulls_;
  bool whole_ = true;
};

// The document, or the first finding that refuses it as something received. Whoever builds nothing
// leaves a finding of Level::must.
template <class T>
Result<T> accept(std::optional<T> document, const Findings& findings, Strictness strictness) {
  if (const Finding* refusal = first_refusal(findings, strictness, Direction::received)) {
    return to_error(*refusal);
  }
  return *std::move(document);
}

}  // namespace tocsin::stream
