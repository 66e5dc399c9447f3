// Which scopes allow what: one table from operation to words, compared exactly (SEC-04, CAEP
// interoperability profile 2.7.3). What the profile does not list needs ssf.manage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/result.h"

namespace tocsin::oauth {

enum class Operation : std::uint8_t {
  read_configuration,  // one stream or all
  create_stream,
  update_stream,  // PATCH and PUT
  delete_stream,
  read_status,
  update_status,
  add_subject,
  remove_subject,
  request_verification,
  poll,
  publish,
  administer,
};

inline constexpr Operation operations[] = {
    Operation::read_configuration,
    Operation::create_stream,
    Operation::update_stream,
    Operation::delete_stream,
    Operation::read_status,
    Operation::update_status,
    Operation::add_subject,
    Operation::remove_subject,
    Operation::request_verification,
    Operation::poll,
    Operation::publish,
    Operation::administer,
};

namespace scope {
inline constexpr std::string_view read = "ssf.read";
inline constexpr std::string_view manage = "ssf.manage";  // covers ssf.read
inline constexpr std::string_view manage_create = "ssf.manage.create";
inline constexpr std::string_view manage_update = "ssf.manage.update";
inline constexpr std::string_view manage_delete = "ssf.manage.delete";
inline constexpr std::string_view manage_poll = "ssf.manage.poll";
inline constexpr std::string_view publish = "tocsin.publish";
inline constexpr std::string_view admin = "tocsin.admin";
}  // namespace scope

// Words beyond ssf.read and ssf.manage that early drafts of the profile allow (IOP-2.7.3-08, -09).
struct ScopeOptions {
  bool finer = false;  // ssf.manage.create, .update, .delete
  bool poll = false;   // ssf.manage.poll
};

// Any one of these allows the operation. Never empty; the first is the one to ask for.
std::vector<std::string> accepted_scopes(Operation operation, const ScopeOptions& options = {});

// Every word that accepted_scopes() may name: `scopes_supported`.
std::vector<std::string> known_scopes(const ScopeOptions& options = {});

// The words of a `scope` value, each once (RFC 6749 3.3). Empty text is no word.
// token_scope_request for a character that no scope has, or beyond scopes_max words.
Result<std::vector<std::string>> parse_scope(std::string_view text);
std::string to_scope(const std::vector<std::string>& words);

inline constexpr std::size_t scopes_max = 100;

}  // namespace tocsin::oauth
