// Subjects made at random from few words, so that two of them are often equal, nearly equal, or
// share a member.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/random.h"
#include "tocsin/subject.h"

namespace tocsin::test {

class SomeSubject {
 public:
  explicit SomeSubject(Random& random) : random_(random) {}

  Subject subject() {
    switch (random_.below(4)) {
      case 0:
        return aliases();
      case 1:
        return complex();
      default:
        return identifier();
    }
  }

  SubjectIdentifier identifier() {
    switch (random_.below(12)) {
      case 0:
        return AccountSubject{pick({"acct:u@a.example", "ACCT:%75@A.example", "acct:U@a.example",
                                    "acct:%2Fu@a.example", "acct:%2fu@a.example"}),
                              extra()};
      case 1:
        return EmailSubject{
            pick({"u@a.example", "u@A.EXAMPLE", "U@a.example", "u@b.example", "\"u\"@a.example"}),
            extra()};
      case 2:
        return IssSubSubject{pick({"https://i/", "https://i", "a"}), pick({"1", "2", "https:i"}),
                             extra()};
      case 3:
        return OpaqueSubject{pick({"1", "2", "u@a.example", "+12065550100"}), extra()};
      case 4:
        return PhoneNumberSubject{
            pick({"+12065550100", "+1 206 555 0100", "+1.206.555.0100", "+12065550101"}), extra()};
      case 5:
        return DidSubject{pick({"did:a:1", "did:a:1#k", "did:a:2"}), extra()};
      case 6:
        return UriSubject{pick({"https://a/%7Eu", "https://a/~u", "mailto:u@a.example"}), extra()};
      case 7:
        return JwtIdSubject{pick({"https://i/", "https://j/"}), pick({"1", "2"}), extra()};
      case 8:
        return SamlAssertionIdSubject{pick({"https://i/", "https://j/"}), pick({"_1", "_2"}),
                                      extra()};
      case 9: {
        IpAddressesSubject addresses;
        for (std::uint64_t n = 1 + random_.below(3); n > 0; --n) {
          addresses.ip_addresses.push_back(
              pick({"10.0.0.1", "::1", "0:0::1", "::ffff:10.0.0.1", "::FFFF:a00:1"}));
        }
        addresses.extra = extra();
        return addresses;
      }
      case 10:
        return ScimSubject{pick({"/Users/1", "/Users/2"}), extra()};
      default: {
        JsonObject json = extra();
        const std::string format = pick({"x_a", "x_b"});
        json.insert_or_assign("format", format);
        json.insert_or_assign("n", JsonNumber(static_cast<std::int64_t>(random_.below(2))));
        return OtherSubject{format, std::move(json)};
      }
    }
  }

  AliasesSubject aliases() {
    AliasesSubject aliases;
    for (std::uint64_t n = 1 + random_.below(3); n > 0; --n) {
      aliases.identifiers.push_back(identifier());
    }
    aliases.extra = extra();
    return aliases;
  }

  ComplexSubject complex() {
    ComplexSubject complex;
    for (const char* name : {"user", "device", "tenant", "x_region"}) {
      if (random_.below(2) == 0) continue;
      SimpleSubject simple = random_.below(8) == 0 ? SimpleSubject(aliases()) : few();
      complex.members.push_back({name, std::move(simple)});
    }
    if (complex.members.empty()) complex.members.push_back({"user", few()});
    return complex;
  }

 private:
  // Of few formats, so that members of complex subjects are often equal.
  SimpleSubject few() {
    if (random_.below(2) == 0) return SubjectIdentifier(OpaqueSubject{pick({"1", "2"}), extra()});
    return SubjectIdentifier(EmailSubject{pick({"u@a.example", "u@A.example"}), extra()});
  }

  JsonObject extra() {
    JsonObject extra;
    if (random_.below(4) == 0) extra.append("note", pick({"x", "y"}));
    return extra;
  }

  std::string pick(std::initializer_list<std::string_view> words) {
    return std::string(words.begin()[random_.below(words.size())]);
  }

  Random& random_;
};

}  // namespace tocsin::test
