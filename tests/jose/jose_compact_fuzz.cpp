// Compact tokens of every shape, as text and as segments to be encoded. What verifies with the one
// Ed25519 key of this file is the one token that was ever signed with it, and what decrypts is the
// one plaintext that was ever encrypted for its EC key.
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "jose/jws.h"

namespace {

using namespace tocsin;

constexpr std::string_view signed_token =
    "eyJ0eXAiOiJzZWNldmVudCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJpc3MiOiJodHRwczov"
    "L3RyLmV4YW1wbGUuY29tIiwianRpIjoiMSJ9.kjeIT88EIjfEqzQGRUo6mDjTlw8cZETTrbPUfT0ejNp2zzg"
    "K6w67SMkows9sdBbp8UciG2cSFMhaDhIt2g3xDA";

constexpr std::string_view verification_jwks = R"({"keys":[
  {"kty":"OKP","crv":"Ed25519","x":"ovdftVE6YO4YrUxsMK_SGgvhAsPNP_pXzqEK5GBGdSg","kid":"ed","use":"sig","alg":"EdDSA"},
  {"kty":"EC","crv":"P-256","x":"G5otxhHlwYbVax-A-KY4EklrUTo3N8Um1rvp7pglBwM","y":"8gru1wG5BkGm1EjPjBFs5Mzkw9N9WilkcjpCAobSQD0","kid":"ec","use":"sig","alg":"ES256"}]})";

// A key for this file and nothing else.
constexpr std::string_view decryption_jwks = R"({"keys":[
  {"kty":"EC","crv":"P-256",
   "x":"G5otxhHlwYbVax-A-KY4EklrUTo3N8Um1rvp7pglBwM",
   "y":"8gru1wG5BkGm1EjPjBFs5Mzkw9N9WilkcjpCAobSQD0","kid":"ec","use":"enc","d":"qUruRw8KLJ_DyCeeHThcnTQO9zNXbAKS0KlbwF-XEwA"}]})";

// 0xff parts the segments that follow, which are encoded; other inputs are the token itself.
std::string token_of(std::string_view input) {
  if (!input.starts_with('\xff')) return std::string(input);
  input.remove_prefix(1);
  std::string compact;
  while (true) {
    const std::size_t end = input.find('\xff');
    base64url_append(compact, input.substr(0, end));
    if (end == std::string_view::npos) return compact;
    compact += '.';
    input.remove_prefix(end + 1);
  }
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const KeySet keys = KeySet::parse(verification_jwks).value();
  static const DecryptionKeySet decryption =
      DecryptionKeySet::from_json(parse_json(decryption_jwks).value()).value();

  const std::string compact = token_of({reinterpret_cast<const char*>(data), size});
  if (const auto plaintext = decryption.decrypt(compact)) require(*plaintext == signed_token);

  const auto jws = jose::read_jws(compact, {.algorithms = AlgorithmSet::all()});
  if (!jws) return 0;
  // One token has one spelling.
  std::string again(jws->signing_input);
  again += '.';
  base64url_append(again, jws->signature);
  require(again == compact);
  if (jose::verify_signature(*jws, keys) && jws->algorithm == Algorithm::EdDSA) {
    require(compact == signed_token);
  }
  return 0;
}
