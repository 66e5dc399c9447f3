// How a SET that a stream is owed becomes the bytes that leave, for push and poll alike: signed
// once, kept, and sent as they are until the SET is terminal (REL-04).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "store/outbox.h"
#include "tocsin/security_event_token.h"

namespace tocsin::transmitter {

using loop::Task;

class Signer;
class Tenant;

// Who and what the SET is about comes from the ledger, `iss` and `aud` from the stream (SEC-36).
SecurityEventToken claims_of(const store::StreamRecord& stream, const store::PendingSet& set);

// For the loop's thread.
class OutgoingSets {
 public:
  // `outbox` must outlive it.
  explicit OutgoingSets(store::Outbox& outbox) : outbox_(outbox) {}

  // The kept bytes; or new ones, minted and kept before they are returned, if there are none or if
  // their key is not published any more (REL-22). Nothing needs to outlive the call but the
  // tenant's signer. Errors: those of Signer::mint() (kind `invalid`: the SET itself can never be
  // sent) and of Outbox::keep().
  Task<Result<std::string>> compact_of(const Tenant& tenant, const store::StreamRecord& stream,
                                       const store::PendingSet& set);

  // Several SETs of one stream, in their order. An error means that none may leave; an error in
  // place of one SET is about that one.
  using Sets = std::vector<std::shared_ptr<const store::PendingSet>>;
  Task<Result<std::vector<Result<std::string>>>> compact_of_all(
      const Tenant& tenant, const store::StreamRecord& stream,
      const std::vector<store::PendingSet>& sets);
  Task<Result<std::vector<Result<std::string>>>> compact_of_all(const Tenant& tenant,
                                                                const store::StreamRecord& stream,
                                                                const Sets& sets);

 private:
  Task<Result<std::string>> mint_one(Signer& signer, SecurityEventToken claims,
                                     store::Signed signed_set);

  // What is ready of several SETs, and what has to be minted.
  struct Sorted {
    std::vector<Result<std::string>> ready{};
    std::vector<std::size_t> missing{};  // places in `ready`
    std::vector<SecurityEventToken> claims{};
    std::vector<store::Signed> rows{};

    void add(const Signer& signer, const store::StreamRecord& stream, const store::PendingSet& set);
  };
  Task<Result<std::vector<Result<std::string>>>> mint_missing(Signer& signer, Sorted sorted);

  store::Outbox& outbox_;
};

}  // namespace tocsin::transmitter
