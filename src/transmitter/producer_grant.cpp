#include "transmitter/producer_grant.h"

#include <algorithm>
#include <variant>

#include "http/message.h"

namespace tocsin::transmitter {
namespace {

std::string_view after_last(std::string_view text, char mark) {
  const std::size_t at = text.rfind(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
}

// Whether an identifier comes from `within`, format by format.
struct ComesFrom {
  std::string_view within;

  bool operator()(const IssSubSubject& subject) const { return subject.iss == within; }
  bool operator()(const JwtIdSubject& subject) const { return subject.iss == within; }
  bool operator()(const SamlAssertionIdSubject& subject) const { return subject.issuer == within; }
  bool operator()(const EmailSubject& subject) const { return is_host(subject.email); }
  bool operator()(const AccountSubject& subject) const { return is_host(subject.uri); }
  bool operator()(const OpaqueSubject& subject) const { return subject.id.starts_with(within); }
  bool operator()(const UriSubject& subject) const { return subject.uri.starts_with(within); }
  bool operator()(const ScimSubject& subject) const { return subject.uri.starts_with(within); }
  bool operator()(const DidSubject& subject) const { return subject.url.starts_with(within); }
  bool operator()(const PhoneNumberSubject& subject) const {
    return subject.phone_number.starts_with(within);
  }
  bool operator()(const IpAddressesSubject&) const { return false; }
  bool operator()(const OtherSubject&) const { return false; }

  bool is_host(std::string_view text) const {
    return http::same_letters(after_last(text, '@'), within);
  }
};

struct IsGranted {
  const std::vector<SubjectNamespace>& namespaces;

  bool operator()(const SubjectIdentifier& subject) const {
    return std::ranges::any_of(namespaces, [&](const SubjectNamespace& space) {
      if (space.format != format_of(subject)) return false;
      return space.within.empty() || std::visit(ComesFrom{space.within}, subject);
    });
  }
  bool operator()(const AliasesSubject& subject) const {
    return std::ranges::all_of(subject.identifiers, *this);
  }
  bool operator()(const ComplexSubject& subject) const {
    return std::ranges::all_of(subject.members, [this](const ComplexSubject::Member& member) {
      return std::visit(*this, member.subject);
    });
  }
};

// Whether a specification describes the format, of every identifier.
struct IsDescribed {
  bool operator()(const SubjectIdentifier& subject) const {
    return !std::holds_alternative<OtherSubject>(subject);
  }
  bool operator()(const AliasesSubject& subject) const {
    return std::ranges::all_of(subject.identifiers, *this);
  }
  bool operator()(const ComplexSubject& subject) const {
    return std::ranges::all_of(subject.members, [this](const ComplexSubject::Member& member) {
      return std::visit(*this, member.subject);
    });
  }
};

}  // namespace

bool may_publish(const ProducerGrant& grant, std::string_view event_type) {
  return !grant.event_types ||
         std::ranges::find(*grant.event_types, event_type) != grant.event_types->end();
}

bool may_publish_about(const ProducerGrant& grant, const Subject& subject) {
  return grant.namespaces ? std::visit(IsGranted{*grant.namespaces}, subject)
                          : std::visit(IsDescribed{}, subject);
}

}  // namespace tocsin::transmitter
