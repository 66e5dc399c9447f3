// Was a peer's certificate revoked? Asked of the OCSP response it staples and of the CRL files the
// operator gave; URLs inside certificates are never fetched. For tls.cpp only.
#pragma once

#include <string>
#include <string_view>

#include "http/tls.h"

struct ssl_ctx_st;

namespace tocsin::http {

// Client: makes every handshake of `context` judge revocation and verify the peer. `has_crls`
// says whether add_crl() was called.
void check_revocation(ssl_ctx_st* context, Revocation mode, bool has_crls);

// Client: false if the PEM file holds no CRL.
bool add_crl(ssl_ctx_st* context, const std::string& path);

// Server: hands a session's staple to the clients that ask for one.
void offer_staples(ssl_ctx_st* context);
void staple(ssl_st* session, std::string_view response);

}  // namespace tocsin::http
