// The strict reader: Boost.JSON's parser, a builder that refuses while reading.
#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <vector>

#include "tocsin/json.h"

namespace tocsin {

// Receives the parser's events and builds the tree. A member stands on one stack from the moment
// its name is read; when a container closes, its members move from the stack into a vector of
// exactly their number, so a container costs one allocation however many members it has.
class JsonBuilder {
 public:
  // The parser's own limits; ours are checked here, against values known only at run time.
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  using error_code = boost::json::error_code;
  using string_view = boost::json::string_view;

  explicit JsonBuilder(const JsonLimits& limits)
      : limits_(limits), stack_(std::move(spare_stack())), frames_(std::move(spare_frames())) {
    stack_.reserve(32);
    frames_.reserve(8);
  }
  JsonBuilder(const JsonBuilder&) = delete;
  JsonBuilder& operator=(const JsonBuilder&) = delete;

  ~JsonBuilder() {
    constexpr std::size_t kept_max = 1024;
    if (stack_.capacity() > kept_max) return;
    stack_.clear();
    frames_.clear();
    spare_stack() = std::move(stack_);
    spare_frames() = std::move(frames_);
  }

  Errc refusal() const noexcept { return refusal_; }
  std::string_view reason() const noexcept { return reason_; }
  Json take() { return std::move(stack_.front().value); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code& ec) { return open(true, ec); }
  bool on_array_begin(error_code& ec) { return open(false, ec); }

  bool on_object_end(std::size_t, error_code& ec) {
    const std::size_t start = close();
    if (has_duplicate(start)) return refuse(Errc::json_duplicate, "a member name occurs twice", ec);
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(start);
    auto& object = stack_[start - 1].value.value_.emplace<JsonObject>();
    object.members_.assign(std::make_move_iterator(first), std::make_move_iterator(stack_.end()));
    stack_.erase(first, stack_.end());
    return true;
  }

  bool on_array_end(std::size_t, error_code&) {
    const std::size_t start = close();
    auto& array = stack_[start - 1].value.value_.emplace<JsonArray>();
    array.reserve(stack_.size() - start);
    for (std::size_t i = start; i < stack_.size(); ++i) {
      array.push_back(std::move(stack_[i].value));
    }
    stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(start), stack_.end());
    return true;
  }

  bool on_key_part(string_view text, std::size_t total, error_code& ec) {
    return keep_part(text, total, ec);
  }
  bool on_key(string_view text, std::size_t total, error_code& ec) {
    return accept(text, total, ec) && push(take_text(text), ec);
  }

  bool on_string_part(string_view text, std::size_t total, error_code& ec) {
    return keep_part(text, total, ec);
  }
  bool on_string(string_view text, std::size_t total, error_code& ec) {
    if (!accept(text, total, ec)) return false;
    Json* const value = place(ec);
    if (value == nullptr) return false;
    value->value_.emplace<std::string>(take_text(text));
    return true;
  }

  bool on_number_part(string_view text, error_code& ec) {
    return keep_part(text, part_.size() + text.size(), ec);
  }
  bool on_int64(std::int64_t, string_view text, error_code& ec) { return put_number(text, ec); }
  bool on_uint64(std::uint64_t, string_view text, error_code& ec) { return put_number(text, ec); }
  bool on_double(double, string_view text, error_code& ec) { return put_number(text, ec); }

  bool on_bool(bool boolean, error_code& ec) {
    Json* value = place(ec);
    if (value == nullptr) return false;
    value->value_ = boolean;
    return true;
  }
  bool on_null(error_code& ec) { return place(ec) != nullptr; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  struct Frame {
    std::size_t start;  // where the container's members begin; it stands itself one below
    bool is_object;
  };

  bool open(bool is_object, error_code& ec) {
    if (place(ec) == nullptr) return false;
    frames_.push_back({stack_.size(), is_object});
    return true;
  }

  std::size_t close() {
    const std::size_t start = frames_.back().start;
    frames_.pop_back();
    return start;
  }

  // Each thread keeps the room its last parse needed: allocating it anew is a tenth of the work.
  static std::vector<JsonMember>& spare_stack() {
    thread_local std::vector<JsonMember> spare;
    return spare;
  }
  static std::vector<Frame>& spare_frames() {
    thread_local std::vector<Frame> spare;
    return spare;
  }

  // A new member of the open container.
  bool push(std::string&& name, error_code& ec) {
    const std::size_t start = frames_.empty() ? 0 : frames_.back().start;
    if (stack_.size() - start >= limits_.members_max) {
      return refuse(Errc::json_limits, "too many members in one object or array", ec);
    }
    stack_.push_back({std::move(name), Json()});
    return true;
  }

  // Where the next value goes: into the member whose name was just read, or a new element.
  Json* place(error_code& ec) {
    const bool named = !frames_.empty() && frames_.back().is_object;
    if (!named && !push(std::string(), ec)) return nullptr;
    return &stack_.back().value;
  }

  bool put_number(string_view text, error_code& ec) {
    if (!accept(text, part_.size() + text.size(), ec)) return false;
    Json* const value = place(ec);
    if (value == nullptr) return false;
    value->value_.emplace<JsonNumber>(JsonNumber(JsonNumber::Checked{}, take_text(text)));
    return true;
  }

  // `total` is the length of a text with the parts that came before `text`.
  bool accept(string_view text, std::size_t total, error_code& ec) {
    if (total > limits_.string_max) return refuse(Errc::json_limits, "a string is too long", ec);
    if (!part_.empty()) part_.append(text.data(), text.size());
    return true;
  }
  // Text comes in parts only when it has escapes or is long.
  bool keep_part(string_view text, std::size_t total, error_code& ec) {
    if (total > limits_.string_max) return refuse(Errc::json_limits, "a string is too long", ec);
    part_.append(text.data(), text.size());
    return true;
  }
  std::string take_text(string_view text) {
    if (part_.empty()) return std::string(text.data(), text.size());
    std::string whole = std::move(part_);
    part_.clear();
    return whole;
  }

  bool has_duplicate(std::size_t start) {
    const std::size_t count = stack_.size() - start;
    constexpr std::size_t pairwise_max = 16;
    if (count <= pairwise_max) {
      for (std::size_t i = start + 1; i < stack_.size(); ++i) {
        for (std::size_t j = start; j < i; ++j) {
          if (stack_[i].name == stack_[j].name) return true;
        }
      }
      return false;
    }
    std::vector<std::string_view> names;
    names.reserve(count);
    for (std::size_t i = start; i < stack_.size(); ++i) names.push_back(stack_[i].name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) != names.end();
  }

  bool refuse(Errc code, std::string_view reason, error_code& ec) {
    refusal_ = code;
    reason_ = reason;
    ec = boost::json::error::exception;
    return false;
  }

  const JsonLimits& limits_;
  std::vector<JsonMember> stack_;
  std::vector<Frame> frames_;
  std::string part_;
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
  boost::json::basic_parser<JsonBuilder> parser(options, limits);
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
  return parser.handler().take();
}

}  // namespace tocsin
