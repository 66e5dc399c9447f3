// What a SET costs beyond its signature: verify and mint against the bare OpenSSL operation.
//
// The floor hashes the same bytes and signs or checks with objects that are made once and kept: no
// parsing, no base64url, no key look-up, no claims.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <memory>

#include "bench/arms.h"
#include "tocsin/security_event_token.h"

namespace {

using namespace tocsin;

constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'756'500'010)};

void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "set_bench: %s\n", what);
  std::exit(1);
}

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using Md = std::unique_ptr<EVP_MD, Deleter<EVP_MD_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;

// The CAEP 1.0 section 3.1.2 figure grown to 700 bytes of claims.
SecurityEventToken sample_set() {
  caep::SessionRevoked event;
  event.event_timestamp = NumericDate{1'756'499'990, 0};
  event.initiating_entity = caep::InitiatingEntity::policy;
  event.reason_admin = LanguageMap("en", "Landspeed Policy Violation: C076E82F");
  event.reason_user = LanguageMap("en", "Access attempt from multiple regions.");
  event.reason_user->texts.emplace_back("es-410", "Intento de acceso desde varias regiones.");

  SecurityEventToken claims;
  claims.iss = "https://idp.example.com/123456789/";
  claims.aud = {"https://sp.example.com/caep"};
  claims.jti = "24c63fb56e5a2d77a6b512616ca9fa24";
  claims.iat = now;
  claims.txn = "8675309";
  const std::string issuer = "https://idp.example.com/123456789/";
  ComplexSubject subject;
  subject.members.push_back(
      {"user", SubjectIdentifier(IssSubSubject{issuer, "jane.smith@example.com", {}})});
  subject.members.push_back(
      {"device", SubjectIdentifier(IssSubSubject{issuer, "e9297990-14d2-42ec-a4a9", {}})});
  claims.sub_id = subject;
  claims.event = event;
  return claims;
}

// A key made by OpenSSL itself, so that both sides of a comparison hold the same one.
Pkey make_pkey(Algorithm algorithm) {
  Pkey pkey(algorithm == Algorithm::RS256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048})
                                          : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  must(pkey != nullptr, "cannot make a key");
  return pkey;
}

SigningKey to_signing_key(EVP_PKEY* pkey, Algorithm algorithm) {
  std::unique_ptr<BIO, Deleter<BIO_free>> bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_PrivateKey(bio.get(), pkey, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "cannot write the key");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return SigningKey::from_pem({text, static_cast<std::size_t>(length)}, algorithm).value();
}

// The raw side: OpenSSL objects made once, for one input.
class Floor {
 public:
  Floor(Pkey pkey, std::string input) : input_(std::move(input)), pkey_(std::move(pkey)) {
    sha256_.reset(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    digest_.reset(EVP_MD_CTX_new());
    signer_.reset(EVP_PKEY_CTX_new(pkey_.get(), nullptr));
    must(EVP_PKEY_sign_init(signer_.get()) == 1, "sign_init");
    must(EVP_PKEY_CTX_set_signature_md(signer_.get(), sha256_.get()) == 1, "signature_md");
    verifier_.reset(EVP_PKEY_CTX_new(pkey_.get(), nullptr));
    must(EVP_PKEY_verify_init(verifier_.get()) == 1, "verify_init");
    must(EVP_PKEY_CTX_set_signature_md(verifier_.get(), sha256_.get()) == 1, "signature_md");
    signature_.resize(512);
    sign();
    signature_.resize(length_);
    kept_ = signature_;
    signature_.resize(512);
    verify();
  }

  void sign() {
    hash();
    length_ = signature_.size();
    must(EVP_PKEY_sign(signer_.get(), signature_.data(), &length_, hash_, hash_length_) == 1,
         "sign");
  }

  void verify() {
    hash();
    must(EVP_PKEY_verify(verifier_.get(), kept_.data(), kept_.size(), hash_, hash_length_) == 1,
         "verify");
  }

 private:
  void hash() {
    must(EVP_DigestInit_ex2(digest_.get(), sha256_.get(), nullptr) == 1, "digest");
    must(EVP_DigestUpdate(digest_.get(), input_.data(), input_.size()) == 1, "digest");
    must(EVP_DigestFinal_ex(digest_.get(), hash_, &hash_length_) == 1, "digest");
  }

  std::string input_;
  Pkey pkey_;
  Md sha256_;
  MdContext digest_;
  PkeyContext signer_;
  PkeyContext verifier_;
  std::vector<unsigned char> signature_;
  std::vector<unsigned char> kept_;
  std::size_t length_ = 0;
  unsigned char hash_[EVP_MAX_MD_SIZE];
  unsigned hash_length_ = 0;
};

bool measure(Algorithm algorithm, double verify_limit, double mint_limit) {
  Pkey pkey = make_pkey(algorithm);
  const SigningKey key = to_signing_key(pkey.get(), algorithm);
  const KeySet keys = KeySet::of({key});
  const SecurityEventToken claims = sample_set();
  const std::string compact = mint(claims, key).value();
  SetPolicy policy;
  policy.iss = claims.iss;
  policy.aud = claims.aud;
  Floor floor(std::move(pkey), compact.substr(0, compact.rfind('.')));

  std::vector<bench::Arm> arms;
  arms.push_back({"floor verify", [&] { floor.verify(); }});
  arms.push_back({"verify", [&] {
                    const auto set = verify(compact, keys, policy, now);
                    must(set.has_value(), "verify failed");
                    bench::keep(set);
                  }});
  arms.push_back({"floor sign", [&] { floor.sign(); }});
  arms.push_back({"mint", [&] {
                    const auto set = mint(claims, key);
                    must(set.has_value(), "mint failed");
                    bench::keep(set);
                  }});
  bench::run(arms, {.samples = 81, .sample_microseconds = 4000});
  const std::string name(to_string(algorithm));
  const bool verified =
      bench::print_ratio(("`verify`, " + name).c_str(), arms[0], arms[1], verify_limit);
  const bool minted = bench::print_ratio(("`mint`, " + name).c_str(), arms[2], arms[3], mint_limit);
  return verified && minted;
}

bool measure_json() {
  const Json claims = to_json(sample_set());
  const std::string text = to_text(claims);
  std::vector<bench::Arm> arms;
  arms.push_back({"parse", [&] {
                    const auto json = parse_json(text);
                    bench::keep(json);
                  }});
  arms.push_back({"serialise", [&] {
                    const std::string written = to_text(claims);
                    bench::keep(written);
                  }});
  bench::run(arms);
  constexpr double limit = 6;
  std::printf("| parse claims, %zu bytes | | %.2f | | 6 µs | %s |\n", text.size(), arms[0].lowest,
              arms[0].lowest < limit ? "kept" : "MISSED");
  std::printf("| serialise claims | | %.2f | | 6 µs | %s |\n", arms[1].lowest,
              arms[1].lowest < limit ? "kept" : "MISSED");
  return arms[0].lowest < limit && arms[1].lowest < limit;
}

// Wall time of a batch on one thread and on all, as a ratio: 0.5 is perfect on two cores.
bool measure_batch() {
  const SigningKey key = SigningKey::generate(Algorithm::RS256).value();
  const KeySet keys = KeySet::of({key});
  const std::vector<SecurityEventToken> claims(64, sample_set());
  SetPolicy policy;
  policy.iss = claims[0].iss;
  policy.aud = claims[0].aud;
  std::vector<std::string> compact;
  for (auto& set : mint_all(claims, key)) compact.push_back(std::move(set).value());
  std::vector<std::string> many;
  for (int i = 0; i < 32; ++i) many.insert(many.end(), compact.begin(), compact.end());

  const auto lowest_seconds = [](auto&& work) {
    double lowest = 1e30;
    for (int sample = 0; sample < 9; ++sample) {
      const auto start = std::chrono::steady_clock::now();
      work();
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      lowest = std::min(lowest, took.count());
    }
    return lowest;
  };
  const double mint_one = lowest_seconds([&] { bench::keep(mint_all(claims, key, 1)); });
  const double mint_every = lowest_seconds([&] { bench::keep(mint_all(claims, key)); });
  const double verify_one =
      lowest_seconds([&] { bench::keep(verify_all(many, keys, policy, now, 1)); });
  const double verify_every =
      lowest_seconds([&] { bench::keep(verify_all(many, keys, policy, now)); });
  std::printf("| `mint_all`, RS256, SETs/s on one thread and on all | %.0f | %.0f | | | |\n",
              64 / mint_one, 64 / mint_every);
  std::printf("| `verify_all`, RS256, SETs/s on one thread and on all | %.0f | %.0f | | | |\n",
              2048 / verify_one, 2048 / verify_every);
  return true;
}

}  // namespace

int main() {
  std::printf("| what | floor, µs | Tocsin, µs | ratio | limit | |\n|---|---|---|---|---|---|\n");
  bool kept = measure(Algorithm::RS256, 1.20, 1.05);
  kept &= measure(Algorithm::ES256, 1.08, 1.15);
  kept &= measure_json();
  kept &= measure_batch();
  return kept ? 0 : 1;
}
