#include "transmitter/signer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>

#include "loop/gate.h"

namespace tocsin::transmitter {
namespace {

using Minted = std::vector<Result<std::string>>;

constexpr std::size_t chunk = 8;  // SETs one job signs: a few milliseconds with RS256

Result<Minted> mint_each(const std::vector<SecurityEventToken>& claims, const SigningKey& key) {
  Minted minted;
  minted.reserve(claims.size());
  for (const SecurityEventToken& set : claims) minted.push_back(tocsin::mint(set, key));
  return minted;
}

// What the jobs of one batch share.
struct Batch {
  std::vector<Minted> chunks;
  std::size_t open = 0;
  std::exception_ptr bug;
  loop::Gate done;
};

Task<void> mint_chunk(std::shared_ptr<Batch> batch, std::size_t index,
                      std::vector<SecurityEventToken> claims, SigningKey key,
                      loop::Workers& workers) {
  const std::size_t count = claims.size();
  auto job = [claims = std::move(claims), key = std::move(key)] { return mint_each(claims, key); };
  Result<Minted> minted = co_await loop::off_loop(workers, std::move(job));
  batch->chunks[index] = minted ? std::move(*minted) : Minted(count, minted.error());
}

}  // namespace

void Signer::replace_keys(std::optional<SigningKey> key, KeySet published) {
  key_ = std::move(key);
  published_ = std::move(published);
}

Task<Result<std::string>> Signer::mint(SecurityEventToken claims) {
  if (!key_) co_return Error(Errc::jose_key_unavailable, "no key signs");
  auto job = [claims = std::move(claims), key = *key_] { return tocsin::mint(claims, key); };
  co_return co_await loop::off_loop(workers_, std::move(job));
}

Task<Minted> Signer::mint_all(std::vector<SecurityEventToken> claims) {
  const std::size_t count = claims.size();
  if (!key_) co_return Minted(count, Error(Errc::jose_key_unavailable, "no key signs"));
  if (count == 0) co_return Minted();
  if (count <= chunk) {
    auto job = [claims = std::move(claims), key = *key_] { return mint_each(claims, key); };
    Result<Minted> minted = co_await loop::off_loop(workers_, std::move(job));
    co_return minted ? std::move(*minted) : Minted(count, minted.error());
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  auto batch = std::make_shared<Batch>();
  batch->open = (count + chunk - 1) / chunk;
  batch->chunks.resize(batch->open);
  for (std::size_t index = 0; index < batch->chunks.size(); ++index) {
    const auto begin = claims.begin() + static_cast<std::ptrdiff_t>(index * chunk);
    const auto end =
        claims.begin() + static_cast<std::ptrdiff_t>(std::min(count, (index + 1) * chunk));
    std::vector<SecurityEventToken> part(std::make_move_iterator(begin),
                                         std::make_move_iterator(end));
    boost::asio::co_spawn(executor, mint_chunk(batch, index, std::move(part), *key_, workers_),
                          [batch](std::exception_ptr bug) {
                            if (bug) batch->bug = bug;
                            if (--batch->open == 0) batch->done.open();
                          });
  }
  while (batch->open > 0) co_await batch->done.wait();
  if (batch->bug) std::rethrow_exception(batch->bug);
  Minted minted;
  minted.reserve(count);
  for (Minted& part : batch->chunks) {
    std::move(part.begin(), part.end(), std::back_inserter(minted));
  }
  co_return minted;
}

}  // namespace tocsin::transmitter
