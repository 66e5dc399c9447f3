#include "transmitter/outgoing_set.h"

#include <utility>

#include "transmitter/signer.h"
#include "transmitter/tenant.h"

namespace tocsin::transmitter {
namespace {

bool may_leave_as_kept(const Signer& signer, const store::PendingSet& set) {
  return !set.compact.empty() && signer.is_published(set.kid);
}

store::Signed row_of(const store::PendingSet& set) {
  return {.stream_id = set.stream_id, .number = set.number, .kid = {}, .compact = {}};
}

Task<Result<std::string>> as_kept(std::string compact) {
  co_return compact;
}

}  // namespace

SecurityEventToken claims_of(const store::StreamRecord& stream, const store::PendingSet& set) {
  SecurityEventToken claims;
  claims.iss = stream.config.iss;
  claims.aud = stream.config.aud;
  claims.jti = set.jti;
  claims.iat = set.iat;
  claims.txn = set.txn.empty() ? set.jti : set.txn;
  claims.toe = set.toe;
  claims.sub_id = set.subject;
  claims.event = set.event;
  return claims;
}

Task<Result<std::string>> OutgoingSets::compact_of(const Tenant& tenant,
                                                   const store::StreamRecord& stream,
                                                   const store::PendingSet& set) {
  if (may_leave_as_kept(tenant.signer(), set)) return as_kept(set.compact);
  return mint_one(tenant.signer(), claims_of(stream, set), row_of(set));
}

Task<Result<std::string>> OutgoingSets::mint_one(Signer& signer, SecurityEventToken claims,
                                                 store::Signed signed_set) {
  if (signer.has_key()) signed_set.kid = signer.key().kid();
  Result<std::string> minted = co_await signer.mint(std::move(claims));
  if (!minted) co_return std::move(minted).error();
  signed_set.compact = *minted;
  std::vector<store::Signed> rows{std::move(signed_set)};
  Result<void> kept = co_await outbox_.keep(std::move(rows));
  if (!kept) co_return std::move(kept).error();
  co_return std::move(*minted);
}

void OutgoingSets::Sorted::add(const Signer& signer, const store::StreamRecord& stream,
                               const store::PendingSet& set) {
  ready.emplace_back(set.compact);
  if (may_leave_as_kept(signer, set)) return;
  missing.push_back(ready.size() - 1);
  claims.push_back(claims_of(stream, set));
  rows.push_back(row_of(set));
}

Task<Result<std::vector<Result<std::string>>>> OutgoingSets::compact_of_all(
    const Tenant& tenant, const store::StreamRecord& stream,
    const std::vector<store::PendingSet>& sets) {
  Sorted sorted;
  for (const store::PendingSet& set : sets) sorted.add(tenant.signer(), stream, set);
  return mint_missing(tenant.signer(), std::move(sorted));
}

Task<Result<std::vector<Result<std::string>>>> OutgoingSets::compact_of_all(
    const Tenant& tenant, const store::StreamRecord& stream, const Sets& sets) {
  Sorted sorted;
  for (const auto& set : sets) sorted.add(tenant.signer(), stream, *set);
  return mint_missing(tenant.signer(), std::move(sorted));
}

Task<Result<std::vector<Result<std::string>>>> OutgoingSets::mint_missing(Signer& signer,
                                                                          Sorted sorted) {
  if (sorted.missing.empty()) co_return std::move(sorted.ready);
  if (!signer.has_key()) co_return Error(Errc::jose_key_unavailable, "no key signs");
  const std::string kid = signer.key().kid();
  std::vector<Result<std::string>> minted = co_await signer.mint_all(std::move(sorted.claims));
  std::vector<store::Signed> kept;
  for (std::size_t i = 0; i < sorted.missing.size(); ++i) {
    if (minted[i]) {
      sorted.rows[i].kid = kid;
      sorted.rows[i].compact = *minted[i];
      kept.push_back(std::move(sorted.rows[i]));
    } else if (minted[i].error().kind() != ErrorKind::invalid) {
      co_return std::move(minted[i]).error();
    }
    sorted.ready[sorted.missing[i]] = std::move(minted[i]);
  }
  Result<void> recorded = co_await outbox_.keep(std::move(kept));
  if (!recorded) co_return std::move(recorded).error();
  co_return std::move(sorted.ready);
}

}  // namespace tocsin::transmitter
