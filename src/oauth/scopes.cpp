#include "oauth/scopes.h"

#include <algorithm>

namespace tocsin::oauth {
namespace {

// scope-token of RFC 6749 3.3: visible ASCII but for the quote and the backslash.
bool may_stand_in_scope(char c) noexcept {
  return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// The finer word for an operation; empty if there is none.
std::string_view finer_scope(Operation operation, const ScopeOptions& options) {
  switch (operation) {
    case Operation::create_stream:
      return options.finer ? scope::manage_create : "";
    case Operation::update_stream:
      return options.finer ? scope::manage_update : "";
    case Operation::delete_stream:
      return options.finer ? scope::manage_delete : "";
    case Operation::poll:
      return options.poll ? scope::manage_poll : "";
    default:
      return "";
  }
}

}  // namespace

std::vector<std::string> accepted_scopes(Operation operation, const ScopeOptions& options) {
  std::vector<std::string> words;
  switch (operation) {
    case Operation::publish:
      return {std::string(scope::publish)};
    case Operation::administer:
      return {std::string(scope::admin)};
    case Operation::read_configuration:
    case Operation::read_status:
      words.emplace_back(scope::read);
      break;
    default:
      break;
  }
  words.emplace_back(scope::manage);
  const std::string_view finer = finer_scope(operation, options);
  if (!finer.empty()) words.emplace_back(finer);
  return words;
}

std::vector<std::string> known_scopes(const ScopeOptions& options) {
  std::vector<std::string> words;
  for (const Operation operation : operations) {
    for (std::string& word : accepted_scopes(operation, options)) {
      if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
    }
  }
  return words;
}

Result<std::vector<std::string>> parse_scope(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (word.empty() || std::ranges::find(words, word) != words.end()) continue;
    if (!std::ranges::all_of(word, may_stand_in_scope)) {
      return Error(Errc::token_scope_request, "a character that no scope has");
    }
    if (words.size() == scopes_max) return Error(Errc::token_scope_request, "too many scopes");
    words.emplace_back(word);
  }
  return words;
}

std::string to_scope(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

}  // namespace tocsin::oauth
