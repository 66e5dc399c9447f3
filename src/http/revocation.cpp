#include "http/revocation.h"

#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstring>

#include "base/assert.h"

namespace tocsin::http {
namespace {

constexpr long skew_max = 300;  // seconds our clock and the responder's may differ

enum class Verdict : std::uint8_t { good, revoked, unknown };

struct Free {
  void operator()(OCSP_RESPONSE* response) const noexcept { OCSP_RESPONSE_free(response); }
  void operator()(OCSP_BASICRESP* basic) const noexcept { OCSP_BASICRESP_free(basic); }
  void operator()(OCSP_CERTID* id) const noexcept { OCSP_CERTID_free(id); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// Set on a session whose own certificate no CRL could be found for.
int no_crl_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool cannot_tell(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return true;
    default:
      return false;
  }
}

// Called for every finding about the peer's chain. A CRL that is missing or stale says nothing; the
// mode decides later what silence means. Everything else stands.
int on_finding(int good, X509_STORE_CTX* chain) {
  if (good == 1 || !cannot_tell(X509_STORE_CTX_get_error(chain))) return good;
  if (X509_STORE_CTX_get_error_depth(chain) == 0) {
    auto* session =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    SSL_set_ex_data(session, no_crl_index(), session);
  }
  X509_STORE_CTX_set_error(chain, X509_V_OK);
  return 1;
}

bool is_about(OCSP_SINGLERESP* single, const X509* certificate, const X509* issuer) {
  // The responder chose the hash in the id, so ours is made with the same one.
  const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(single);
  ASN1_OBJECT* digest = nullptr;
  OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
  const EVP_MD* md = EVP_get_digestbyobj(digest);
  if (md == nullptr) return false;
  const Owned<OCSP_CERTID> ours(OCSP_cert_to_id(md, certificate, issuer));
  return ours && OCSP_id_cmp(ours.get(), id) == 0;
}

Verdict judge_single(OCSP_SINGLERESP* single) {
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  const int status = OCSP_single_get0_status(single, nullptr, nullptr, &from, &until);
  if (OCSP_check_validity(from, until, skew_max, -1) != 1) return Verdict::unknown;
  if (status == V_OCSP_CERTSTATUS_GOOD) return Verdict::good;
  return status == V_OCSP_CERTSTATUS_REVOKED ? Verdict::revoked : Verdict::unknown;
}

Verdict judge_staple(SSL* session) {
  const unsigned char* der = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(session, &der);
  STACK_OF(X509)* chain = SSL_get0_verified_chain(session);
  if (der == nullptr || size <= 0 || chain == nullptr || sk_X509_num(chain) < 2) {
    return Verdict::unknown;
  }
  const Owned<OCSP_RESPONSE> response(d2i_OCSP_RESPONSE(nullptr, &der, size));
  if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return Verdict::unknown;
  }
  const Owned<OCSP_BASICRESP> basic(OCSP_response_get1_basic(response.get()));
  X509_STORE* trusted = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(session));
  if (!basic || OCSP_basic_verify(basic.get(), chain, trusted, 0) != 1) return Verdict::unknown;
  for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(basic.get(), i);
    if (is_about(single, sk_X509_value(chain, 0), sk_X509_value(chain, 1))) {
      return judge_single(single);
    }
  }
  return Verdict::unknown;
}

// OpenSSL calls this once per handshake, with or without a staple, after the chain was verified.
// 1 goes on, 0 ends the handshake.
int on_staple(SSL* session, void* mode) {
  const Verdict stapled = judge_staple(session);
  if (stapled == Verdict::revoked) return 0;
  if (stapled == Verdict::good || *static_cast<const Revocation*>(mode) == Revocation::soft_fail) {
    return 1;
  }
  const bool crl_asked =
      (X509_VERIFY_PARAM_get_flags(SSL_get0_param(session)) & X509_V_FLAG_CRL_CHECK) != 0;
  return crl_asked && SSL_get_ex_data(session, no_crl_index()) == nullptr ? 1 : 0;
}

int on_staple_request(SSL* session, void*) {
  const unsigned char* der = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(session, &der);
  return size > 0 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

void check_revocation(ssl_ctx_st* context, Revocation mode, bool has_crls) {
  static Revocation soft = Revocation::soft_fail;
  static Revocation hard = Revocation::hard_fail;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_finding);
  SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb(context, on_staple);
  SSL_CTX_set_tlsext_status_arg(context, mode == Revocation::hard_fail ? &hard : &soft);
  if (has_crls) {
    // On the sessions' parameters and not the store's: an OCSP signer needs no CRL.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                                X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
}

bool add_crl(ssl_ctx_st* context, const std::string& path) {
  X509_LOOKUP* lookup = X509_STORE_add_lookup(SSL_CTX_get_cert_store(context), X509_LOOKUP_file());
  return lookup != nullptr && X509_load_crl_file(lookup, path.c_str(), X509_FILETYPE_PEM) > 0;
}

void offer_staples(ssl_ctx_st* context) {
  SSL_CTX_set_tlsext_status_cb(context, on_staple_request);
}

void staple(ssl_st* session, std::string_view response) {
  auto* copy = static_cast<unsigned char*>(OPENSSL_malloc(response.size()));
  TOCSIN_ASSERT(copy != nullptr);
  std::memcpy(copy, response.data(), response.size());
  SSL_set_tlsext_status_ocsp_resp(session, copy, static_cast<long>(response.size()));
}

}  // namespace tocsin::http
