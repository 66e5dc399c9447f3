// Subjects of the OAuth draft.
#include "event/shapes/oauth.h"

#include <array>

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 3> token_members{"token_type", "token_identifier_alg",
                                                        "token"};

bool is_token(const JsonObject& subject) {
  const Json* type = subject.find("subject_type");
  return type != nullptr && type->as_string() != nullptr && *type->as_string() == "oauth_token";
}

}  // namespace

void judge_token_subject(Judge& judge, const JsonObject& subject) {
  if (!is_token(subject)) return;
  for (const std::string_view name : token_members) {
    const Json* value = subject.find(name);
    const JsonPath where = judge.member("subject");
    if (value == nullptr) {
      judge.add(Errc::event_missing, Level::must, where.member(name));
    } else if (value->as_string() == nullptr) {
      judge.add(Errc::event_type, Level::must, where.member(name));
    }
  }
}

namespace oauth {

std::optional<TokenIdentifier> token_identifier(const JsonObject& subject) noexcept {
  if (!is_token(subject)) return {};
  std::array<std::string_view, token_members.size()> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Json* value = subject.find(token_members[i]);
    if (value == nullptr || value->as_string() == nullptr) return {};
    texts[i] = *value->as_string();
  }
  return TokenIdentifier{texts[0], texts[1], texts[2]};
}

}  // namespace oauth
}  // namespace tocsin
