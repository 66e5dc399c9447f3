// The strict reader: Boost.JSON's parser, a builder that refuses while reading.
#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <functional>
#include <vector>

#include "tocsin/json.h"

namespace tocsin {

// Receives the parser's events. They become a flat list of values first, in the order of the text
// and with their strings still in it; the tree is made from that in one pass, each container at its
// final size, so that nothing is ever moved and a refused text has built nothing.
class JsonBuilder {
 public:
  // The parser's own limits; ours are checked here, against values known only at run time.
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  using error_code = boost::json::error_code;
  using string_view = boost::json::string_view;

  JsonBuilder(std::string_view text, const JsonLimits& limits)
      : text_(text), limits_(limits), values_(std::move(spare_values())) {
    values_.reserve(64);
  }
  JsonBuilder(const JsonBuilder&) = delete;
  JsonBuilder& operator=(const JsonBuilder&) = delete;

  ~JsonBuilder() {
    constexpr std::size_t kept_max = 1024;
    if (values_.capacity() > kept_max) return;
    values_.clear();
    spare_values() = std::move(values_);
  }

  Errc refusal() const noexcept { return refusal_; }
  std::string_view reason() const noexcept { return reason_; }

  Json build() const {
    Json root;
    const Value* next = values_.data();
    build(next, root);
    return root;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code& ec) { return open(Kind::object, ec); }
  bool on_array_begin(error_code& ec) { return open(Kind::array, ec); }

  bool on_object_end(std::size_t, error_code& ec) {
    const std::size_t object = close();
    if (!has_duplicate(object)) return true;
    return refuse(Errc::json_duplicate, "a member name occurs twice", ec);
  }
  bool on_array_end(std::size_t, error_code&) {
    close();
    return true;
  }

  bool on_key_part(string_view text, std::size_t total, error_code& ec) {
    return keep_part(text, total, ec);
  }
  bool on_key(string_view text, std::size_t total, error_code& ec) {
    return accept(text, total, ec) && push(whole(text), ec);
  }

  bool on_string_part(string_view text, std::size_t total, error_code& ec) {
    return keep_part(text, total, ec);
  }
  bool on_string(string_view text, std::size_t total, error_code& ec) {
    return accept(text, total, ec) && place(Kind::string, whole(text), ec);
  }

  bool on_number_part(string_view text, error_code& ec) {
    return keep_part(text, part_size() + text.size(), ec);
  }
  bool on_int64(std::int64_t, string_view text, error_code& ec) { return on_number(text, ec); }
  bool on_uint64(std::uint64_t, string_view text, error_code& ec) { return on_number(text, ec); }
  bool on_double(double, string_view text, error_code& ec) { return on_number(text, ec); }

  bool on_bool(bool boolean, error_code& ec) {
    return place(boolean ? Kind::true_ : Kind::false_, {}, ec);
  }
  bool on_null(error_code& ec) { return place(Kind::null, {}, ec); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  enum class Kind : std::uint8_t { null, false_, true_, number, string, array, object };

  // Texts are views into the parsed text or into `unescaped_`.
  struct Value {
    std::string_view name{};  // in an object
    std::string_view text{};  // of a string or a number
    Kind kind = Kind::null;
    std::uint32_t children = 0;  // elements or members
    std::uint32_t around = 0;    // of a container: the one around it
    std::uint32_t end = 0;       // of a container: the index behind the last value inside
  };

  // Each thread keeps the room its last parse needed: allocating it anew is a tenth of the work.
  static std::vector<Value>& spare_values() {
    thread_local std::vector<Value> spare;
    return spare;
  }

  static constexpr auto outermost = static_cast<std::uint32_t>(-1);

  bool is_in_object() const { return open_ != outermost && values_[open_].kind == Kind::object; }

  bool open(Kind kind, error_code& ec) {
    if (!place(kind, {}, ec)) return false;
    values_.back().around = open_;
    open_ = static_cast<std::uint32_t>(values_.size() - 1);
    return true;
  }

  std::size_t close() {
    const std::size_t container = open_;
    values_[container].end = static_cast<std::uint32_t>(values_.size());
    open_ = values_[container].around;
    return container;
  }

  // A new child of the open container.
  bool push(std::string_view name, error_code& ec) {
    if (open_ != outermost && ++values_[open_].children > limits_.members_max) {
      return refuse(Errc::json_limits, "too many members in one object or array", ec);
    }
    values_.push_back({.name = name});
    return true;
  }

  // The value of the member whose name was just read, or a new element.
  bool place(Kind kind, std::string_view text, error_code& ec) {
    if (!is_in_object() && !push({}, ec)) return false;
    values_.back().kind = kind;
    values_.back().text = text;
    return true;
  }

  bool on_number(string_view text, error_code& ec) {
    return accept(text, part_size() + text.size(), ec) && place(Kind::number, whole(text), ec);
  }

  // `total` is the length of a text with the parts that came before `text`.
  bool accept(string_view, std::size_t total, error_code& ec) {
    if (total <= limits_.string_max) return true;
    return refuse(Errc::json_limits, "a string is too long", ec);
  }

  // Text comes in parts only when it has escapes or is long.
  bool keep_part(string_view text, std::size_t total, error_code& ec) {
    if (!accept(text, total, ec)) return false;
    // Nothing grows by being unescaped, so this is all the room there will be, and views stay good.
    unescaped_.reserve(text_.size());
    unescaped_.append(text.data(), text.size());
    return true;
  }
  std::size_t part_size() const { return unescaped_.size() - part_start_; }

  // A text with its parts, somewhere it can stay. What the parser unescaped lies in a buffer of its
  // own, which it uses again.
  std::string_view whole(string_view last) {
    const std::less_equal<const char*> before;
    const bool is_in_text = before(text_.data(), last.data()) &&
                            before(last.data() + last.size(), text_.data() + text_.size());
    if (is_in_text && part_size() == 0) return {last.data(), last.size()};
    unescaped_.reserve(text_.size());
    unescaped_.append(last.data(), last.size());
    const std::string_view text = std::string_view(unescaped_).substr(part_start_);
    part_start_ = unescaped_.size();
    return text;
  }

  const Value* first_child(std::size_t container) const { return values_.data() + container + 1; }
  const Value* behind(const Value* value) const {
    return value->kind >= Kind::array ? values_.data() + value->end : value + 1;
  }

  // Many names are sorted, so that no text makes this slow.
  bool has_duplicate(std::size_t object) const {
    constexpr std::size_t few_max = 16;
    const std::size_t count = values_[object].children;
    if (count <= few_max) return has_duplicate_of_few(object);
    std::vector<std::string_view> names;
    names.reserve(count);
    const Value* child = first_child(object);
    for (; names.size() < count; child = behind(child)) names.push_back(child->name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) != names.end();
  }

  // Each name sets one of 64 bits: only if that is set already may the name have come before.
  bool has_duplicate_of_few(std::size_t object) const {
    std::uint64_t bits = 0;
    const Value* child = first_child(object);
    for (std::size_t left = values_[object].children; left > 0; --left, child = behind(child)) {
      const std::uint64_t bit = bit_of(child->name);
      if ((bits & bit) != 0) {
        const Value* earlier = first_child(object);
        while (earlier != child && earlier->name != child->name) earlier = behind(earlier);
        if (earlier != child) return true;
      }
      bits |= bit;
    }
    return false;
  }

  static std::uint64_t bit_of(std::string_view name) {
    if (name.empty()) return 1;
    const auto octet = [](char c) {
      return static_cast<std::size_t>(static_cast<unsigned char>(c));
    };
    return std::uint64_t{1} << ((octet(name.front()) + 5 * octet(name.back()) + name.size()) % 64);
  }

  // Builds the value at `next` and moves `next` behind it. As deep as the parser lets a text be.
  static void build(const Value*& next, Json& out) {
    const Value& value = *next++;
    switch (value.kind) {
      case Kind::null:
        return;
      case Kind::false_:
      case Kind::true_:
        out.value_ = value.kind == Kind::true_;
        return;
      case Kind::number:
        out.value_.emplace<JsonNumber>(JsonNumber(JsonNumber::Checked{}, std::string(value.text)));
        return;
      case Kind::string:
        out.value_.emplace<std::string>().assign(value.text);
        return;
      case Kind::array: {
        auto& elements = out.value_.emplace<JsonArray>();
        elements.resize(value.children);
        for (Json& element : elements) build(next, element);
        return;
      }
      case Kind::object: {
        auto& members = out.value_.emplace<JsonObject>().members_;
        members.resize(value.children);
        for (JsonMember& member : members) {
          member.name = next->name;
          build(next, member.value);
        }
        return;
      }
    }
  }

  bool refuse(Errc code, std::string_view reason, error_code& ec) {
    refusal_ = code;
    reason_ = reason;
    ec = boost::json::error::exception;
    return false;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::vector<Value> values_;
  std::uint32_t open_ = outermost;  // the container we are in
  std::string unescaped_;           // texts that do not stand in `text_` as they are
  std::size_t part_start_ = 0;      // where in it the text begins that comes in parts
  Errc refusal_ = Errc::json_syntax;
  std::string_view reason_;
};

namespace {

Error refusal_at(Errc code, std::string_view reason, std::size_t offset) {
  return {code, std::string(reason) + " at byte " + std::to_string(offset)};
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.text_max) {
    return refusal_at(Errc::json_limits, "the text is too long", limits.text_max);
  }
  boost::json::parse_options options;
  options.max_depth = limits.depth_max;
  boost::json::basic_parser<JsonBuilder> parser(options, text, limits);
  boost::json::error_code ec;
  std::size_t consumed = parser.write_some(false, text.data(), text.size(), ec);
  if (ec) {
    const JsonBuilder& builder = parser.handler();
    if (!builder.reason().empty()) return refusal_at(builder.refusal(), builder.reason(), consumed);
    if (ec == boost::json::error::too_deep) {
      return refusal_at(Errc::json_limits, "nested too deep", consumed);
    }
    return refusal_at(Errc::json_syntax, ec.message(), consumed);
  }
  consumed = std::min(text.find_first_not_of(" \t\r\n", consumed), text.size());
  if (consumed != text.size()) {
    return refusal_at(Errc::json_syntax, "text after the value", consumed);
  }
  return parser.handler().build();
}

}  // namespace tocsin
