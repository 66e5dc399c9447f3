// The only file that knows TOML.
#include "app/config_file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

#include "app/config_judge.h"
#include "app/config_keys.h"
#include "app/file.h"
#include "base/try.h"

// Its assertions stop at faults of the file that the code after them refuses with a message;
// without NDEBUG it then assumes nothing.
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

extern char** environ;  // NOLINT: the name is POSIX's

namespace tocsin::app {
namespace {

constexpr std::size_t config_max = 1024 * 1024;  // octets of one file
constexpr std::size_t secret_max = 64 * 1024;    // octets
constexpr std::size_t included_max = 10'000;     // files
constexpr std::string_view include_key = "include";

ConfigPlace place_of(const toml::source_region& source, const std::string& file) {
  return {file, source.begin.line, source.begin.column};
}

// How many letters must be typed otherwise to get from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t swapped = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, swapped}));
    }
  }
  return row[b.size()];
}

constexpr std::size_t word_max = 64;  // beyond it nobody meant one of ours

// `; did you mean "listen"?`, or nothing if no word is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& words) {
  if (word.size() > word_max) return "";
  const std::string* nearest = nullptr;
  std::size_t least = word.size() / 3 + 2;
  for (const std::string& other : words) {
    const std::size_t far = distance(word, other);
    if (far < least) {
      least = far;
      nearest = &other;
    }
  }
  return nearest == nullptr ? "" : "; did you mean \"" + *nearest + "\"?";
}

constexpr std::size_t shown_max = 64;  // octets of somebody's key that a finding repeats

std::string shown(std::string_view word) {
  std::string text;
  for (const char c : word.substr(0, shown_max)) text += c >= ' ' && c < '\x7f' ? c : '?';
  return '"' + text + (word.size() > shown_max ? "...\"" : "\"");
}

// Texts become the values they stand for.
class Assignment {
 public:
  Assignment(const ConfigKey& key, const std::string& folder) : key_(key), folder_(folder) {}

  // What is wrong with it; nothing if it was assigned.
  std::optional<std::string> assign(const toml::node& node, KeyTarget target) const {
    return std::visit([&](auto* value) { return read(node, *value); }, target);
  }

  // From the environment: texts as they are, everything else as in TOML.
  std::optional<std::string> assign_text(const std::string& text, KeyTarget target) const {
    const bool is_toml = std::holds_alternative<bool*>(target) ||
                         std::holds_alternative<std::uint64_t*>(target) ||
                         std::holds_alternative<std::vector<std::string>*>(target);
    if (!is_toml) return assign(toml::value<std::string>(text), target);
    const toml::parse_result parsed = toml::parse("value = " + text);
    const toml::node* node = parsed ? parsed.table().get("value") : nullptr;
    if (node == nullptr || parsed.table().size() != 1) return "is not a value as TOML has them";
    return assign(*node, target);
  }

 private:
  std::optional<std::string> read(const toml::node& node, std::string& value) const {
    const auto* text = node.as_string();
    if (text == nullptr) return expected("text");
    if (!accepts(text->get())) return expected(key_.rule.says);
    value = text->get();
    return {};
  }

  std::optional<std::string> read(const toml::node& node, bool& value) const {
    const auto* word = node.as_boolean();
    if (word == nullptr) return expected("true or false");
    value = word->get();
    return {};
  }

  std::optional<std::string> read(const toml::node& node, std::uint64_t& value) const {
    const auto* number = node.as_integer();
    if (number == nullptr) return expected("a number");
    if (number->get() < 0)
      return expected(limits(std::to_string(key_.min), std::to_string(key_.max)));
    const auto size = static_cast<std::uint64_t>(number->get());
    if (size < key_.min || size > key_.max) {
      return expected(limits(std::to_string(key_.min), std::to_string(key_.max)));
    }
    value = size;
    return {};
  }

  std::optional<std::string> read(const toml::node& node, std::chrono::milliseconds& value) const {
    const auto* text = node.as_string();
    const auto span = text == nullptr ? std::nullopt : parse_span(text->get());
    if (!span) return expected("a time such as \"10s\"");
    const auto count = static_cast<std::uint64_t>(span->count());
    if (count < key_.min || count > key_.max) {
      return expected(limits(to_text(std::chrono::milliseconds(key_.min)),
                             to_text(std::chrono::milliseconds(key_.max))));
    }
    value = *span;
    return {};
  }

  std::optional<std::string> read(const toml::node& node, std::vector<std::string>& value) const {
    const toml::array* list = node.as_array();
    if (list == nullptr) return expected("a list of texts");
    std::vector<std::string> texts;
    for (const toml::node& entry : *list) {
      const auto* text = entry.as_string();
      if (text == nullptr) return expected("a list of texts");
      if (!accepts(text->get())) {
        return "entry " + std::to_string(texts.size()) + " " + expected(key_.rule.says);
      }
      texts.push_back(text->get());
    }
    value = std::move(texts);
    return {};
  }

  std::optional<std::string> read(const toml::node& node, ListenAddress& value) const {
    const auto* text = node.as_string();
    const auto address = text == nullptr ? std::nullopt : parse_listen_address(text->get());
    if (!address) return expected("an address and a port such as \"127.0.0.1:8443\"");
    value = *address;
    return {};
  }

  std::optional<std::string> read(const toml::node& node, FileReference& value) const {
    const auto* text = node.as_string();
    if (text == nullptr || !is_reference(text->get(), "file:")) {
      return expected("a reference such as \"file:cert.pem\"");
    }
    value.path = path_of(text->get());
    return {};
  }

  // A secret that stands in the file itself is not repeated in the finding about it.
  std::optional<std::string> read(const toml::node& node, SecretReference& value) const {
    const auto* text = node.as_string();
    if (text != nullptr && is_reference(text->get(), "file:")) {
      value = {.file = path_of(text->get()), .variable = {}};
      return {};
    }
    if (text != nullptr && is_reference(text->get(), "env:")) {
      value = {.file = {}, .variable = text->get().substr(4)};
      return {};
    }
    return expected("a reference, \"file:PATH\" or \"env:NAME\", never the secret itself");
  }

  static bool is_reference(std::string_view text, std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size() &&
           text.find('\0') == std::string_view::npos;
  }

  std::string path_of(const std::string& reference) const {
    const std::filesystem::path path(reference.substr(5));
    return path.is_absolute() ? path.string() : folder_ + '/' + path.string();
  }

  bool accepts(std::string_view text) const {
    return key_.rule.accepts == nullptr || key_.rule.accepts(text);
  }

  std::string limits(const std::string& min, const std::string& max) const {
    return key_.max == UINT64_MAX ? "at least " + min : min + " to " + max;
  }

  static std::string expected(std::string_view what) { return "expected " + std::string(what); }

  const ConfigKey& key_;
  const std::string& folder_;
};

std::string in_folder(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).lexically_normal().string();
}

class ConfigReader {
 public:
  ConfigReader(std::string folder, const Environment& environment) : environment_(environment) {
    config_.folder = std::move(folder);
  }

  void read_main(const ConfigText& main) {
    read_text(main, false);
    read_environment();
  }

  void read_included(const ConfigText& included) { read_text(included, true); }

  ConfigAnswer finish() && {
    complete_config(config_);
    // What could not be read looks as if it were missing: one cause, one finding.
    if (findings_.empty()) judge_config(config_, findings_);
    if (!findings_.empty()) return {std::nullopt, std::move(findings_)};
    return {std::move(config_), {}};
  }

 private:
  // A table knows its keys by name; people read from top to bottom.
  void read_text(const ConfigText& source, bool is_included) {
    const auto first = static_cast<std::ptrdiff_t>(findings_.size());
    if (const auto document = parse(source)) read_root(*document, is_included);
    std::sort(findings_.begin() + first, findings_.end(),
              [](const ConfigFinding& a, const ConfigFinding& b) {
                return std::tie(a.place.line, a.place.column, a.text) <
                       std::tie(b.place.line, b.place.column, b.text);
              });
  }

  std::optional<toml::table> parse(const ConfigText& source) {
    file_ = source.file;
    if (source.text.size() > config_max) {
      findings_.push_back({{file_}, "larger than " + std::to_string(config_max) + " bytes"});
      return {};
    }
    toml::parse_result parsed = toml::parse(source.text);
    if (parsed) return std::move(parsed).table();
    findings_.push_back(
        {place_of(parsed.error().source(), file_), shown_reason(parsed.error().description())});
    return {};
  }

  // The parser's own words, which may repeat what it stumbled over.
  static std::string shown_reason(std::string_view reason) {
    std::string text;
    for (const char c : reason.substr(0, 200)) text += c >= ' ' && c < '\x7f' ? c : '?';
    return text;
  }

  void find(const toml::node& node, std::string text) {
    findings_.push_back({place_of(node.source(), file_), std::move(text)});
  }
  void find(const toml::key& key, std::string text) {
    findings_.push_back({place_of(key.source(), file_), std::move(text)});
  }

  void read_root(const toml::table& root, bool is_included) {
    for (const auto& [name, node] : root) {
      if (name.str() == include_key && !is_included) {
        read_include(node);
      } else if (!read_child("", name, node, is_included)) {
        std::vector<std::string> words{std::string(include_key)};
        for (const ConfigTable& table : config_tables()) {
          words.emplace_back(table.path.substr(0, table.path.find('.')));
        }
        find(name, "unknown table or key " + shown(name.str()) + suggestion(name.str(), words));
      }
    }
  }

  void read_include(const toml::node& node) {
    const auto* name = node.as_string();
    if (name == nullptr || name->get().empty()) {
      return find(node, "include: expected the name of a folder");
    }
    config_.include_folder = in_folder(config_.folder, name->get());
  }

  // What is below `parent`, a table of ours or the root. False if there is no such table.
  bool read_child(std::string_view parent, const toml::key& name, const toml::node& node,
                  bool is_included) {
    const std::string path =
        parent.empty() ? std::string(name.str()) : std::string(parent) + '.' + std::string(name);
    for (const ConfigTable& table : config_tables()) {
      if (table.path != path) continue;
      if (table.repeated) {
        read_repeated(table, node);
      } else if (node.as_table() == nullptr) {
        find(node, path + ": expected a table, [" + path + "]");
      } else {
        read_table(table, *node.as_table(), is_included);
      }
      return true;
    }
    return false;
  }

  void read_repeated(const ConfigTable& table, const toml::node& node) {
    const std::string path(table.path);
    const toml::array* list = node.as_array();
    if (list == nullptr) return find(node, path + ": expected tables, [[" + path + "]]");
    for (const toml::node& entry : *list) {
      if (entry.as_table() == nullptr) {
        find(entry, path + ": expected tables, [[" + path + "]]");
        continue;
      }
      void* section = table.section(config_);
      *table.place(section) = place_of(entry.source(), file_);
      read_keys(table, section, *entry.as_table(), "", false);
      judge_required(table, *entry.as_table(), entry);
    }
  }

  void read_table(const ConfigTable& table, const toml::table& content, bool is_included) {
    void* section = table.section(config_);
    if (!is_included) *table.place(section) = place_of(content.source(), file_);
    read_keys(table, section, content, "", is_included);
  }

  void judge_required(const ConfigTable& table, const toml::table& content,
                      const toml::node& node) {
    for (const ConfigKey& key : table.keys) {
      if (key.required && !content.contains(key.name)) {
        find(node, "[[" + std::string(table.path) + "]] needs " + std::string(key.name));
      }
    }
  }

  void read_keys(const ConfigTable& table, void* section, const toml::table& content,
                 const std::string& prefix, bool is_included) {
    for (const auto& [word, node] : content) {
      const std::string name = prefix + std::string(word.str());
      if (const ConfigKey* key = key_named(table, name)) {
        if (is_included) {
          find(word, "an included file holds [[...]] tables only");
        } else if (auto wrong =
                       Assignment(*key, config_.folder).assign(node, key->target(section))) {
          find(node, name + ": " + *wrong);
        }
      } else if (node.is_table() && has_keys_below(table, name)) {
        read_keys(table, section, *node.as_table(), name + '.', is_included);
      } else if (prefix.empty() && !table.repeated &&
                 read_child(table.path, word, node, is_included)) {
        continue;
      } else {
        find(word, "unknown key " + shown(word.str()) + " in [" + std::string(table.path) + "]" +
                       suggestion(word.str(), words_in(table, prefix)));
      }
    }
  }

  static const ConfigKey* key_named(const ConfigTable& table, std::string_view name) {
    const auto key = std::find_if(table.keys.begin(), table.keys.end(),
                                  [name](const ConfigKey& each) { return each.name == name; });
    return key == table.keys.end() ? nullptr : &*key;
  }

  static bool has_keys_below(const ConfigTable& table, const std::string& name) {
    return std::any_of(table.keys.begin(), table.keys.end(),
                       [&](const ConfigKey& key) { return key.name.starts_with(name + '.'); });
  }

  // What may stand in this table behind `prefix`.
  static std::vector<std::string> words_in(const ConfigTable& table, std::string_view prefix) {
    std::vector<std::string> words;
    for (const ConfigKey& key : table.keys) {
      if (!key.name.starts_with(prefix)) continue;
      const std::string_view rest = key.name.substr(prefix.size());
      words.emplace_back(rest.substr(0, rest.find('.')));
    }
    const std::string inner = std::string(table.path) + '.';
    for (const ConfigTable& other : config_tables()) {
      if (prefix.empty() && other.path.starts_with(inner)) {
        words.emplace_back(other.path.substr(inner.size()));
      }
    }
    return words;
  }

  // A variable that no key has is misspelt: ours have a double underscore.
  void read_environment() {
    std::vector<std::string> names;
    std::set<std::string_view> known;
    for (const ConfigTable& table : config_tables()) {
      if (table.repeated) continue;
      void* section = table.section(config_);
      for (const ConfigKey& key : table.keys) {
        names.push_back(variable_name(table, key));
        const auto variable = environment_.find(names.back());
        if (variable == environment_.end()) continue;
        known.insert(variable->first);
        if (auto wrong = Assignment(key, config_.folder)
                             .assign_text(variable->second, key.target(section))) {
          findings_.push_back({{}, names.back() + ": " + *wrong});
        }
      }
    }
    for (const auto& [name, value] : environment_) {
      if (!name.starts_with("TOCSIN_") || name.find("__") == std::string::npos) continue;
      if (known.contains(name)) continue;
      findings_.push_back({{}, "unknown variable " + shown(name) + suggestion(name, names)});
    }
  }

  Config config_;
  const Environment& environment_;
  std::string file_;
  std::vector<ConfigFinding> findings_;
};

std::string folder_of(const std::string& path) {
  std::error_code failure;
  const auto absolute = std::filesystem::absolute(path, failure);
  return absolute.parent_path().lexically_normal().string();
}

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (text.starts_with("TOCSIN_") && equals != std::string_view::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return variables;
}

// The folder that the main file includes; nothing if it includes none or cannot be read.
std::optional<std::string> included_folder(const ConfigText& main) {
  if (main.text.size() > config_max) return {};
  const toml::parse_result parsed = toml::parse(main.text);
  if (!parsed) return {};
  const auto* name = parsed.table().get_as<std::string>(include_key);
  if (name == nullptr) return {};
  return in_folder(folder_of(main.file), name->get());
}

Result<std::vector<ConfigText>> read_folder(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  if (!std::filesystem::exists(folder, failure)) return std::vector<ConfigText>();
  std::filesystem::directory_iterator entries(folder, failure);
  if (failure) return Error(Errc::file_unreadable, folder + ": " + failure.message());
  for (const auto& entry : entries) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().string());
    if (names.size() > included_max)
      return Error(Errc::file_unreadable, folder + ": too many files");
  }
  std::sort(names.begin(), names.end());
  std::vector<ConfigText> texts;
  for (const std::string& name : names) {
    TOCSIN_TRY(std::string text, read_file(name, config_max));
    texts.push_back({name, std::move(text)});
  }
  return texts;
}

ConfigAnswer unreadable(const Error& failure) {
  return {std::nullopt, {{{}, failure.detail}}};
}

}  // namespace

ConfigAnswer read_config(const ConfigText& main, const std::vector<ConfigText>& included,
                         const Environment& environment) {
  ConfigReader reader(folder_of(main.file), environment);
  reader.read_main(main);
  for (const ConfigText& text : included) reader.read_included(text);
  return std::move(reader).finish();
}

ConfigAnswer load_config(const std::string& path) {
  auto text = read_file(path, config_max);
  if (!text) return unreadable(text.error());
  const ConfigText main{path, *std::move(text)};
  const auto folder = included_folder(main);
  auto included = folder ? read_folder(*folder) : std::vector<ConfigText>();
  if (!included) return unreadable(included.error());
  return read_config(main, *included, process_environment());
}

Result<std::string> read_secret(const SecretReference& reference) {
  std::string secret;
  if (!reference.file.empty()) {
    TOCSIN_TRY(secret, read_secret_file(reference.file, secret_max));
  } else {
    const char* value = std::getenv(reference.variable.c_str());  // NOLINT: read once, at start
    if (value == nullptr) {
      return Error(Errc::config_invalid, "the variable " + reference.variable + " is not there");
    }
    secret = value;
  }
  while (!secret.empty() &&
         (secret.back() == '\n' || secret.back() == '\r' || secret.back() == ' ')) {
    secret.pop_back();
  }
  if (secret.empty()) {
    return Error(Errc::config_invalid, reference.to_text() + " is empty");
  }
  return secret;
}

}  // namespace tocsin::app
