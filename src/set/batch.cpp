// Mint and verify on all cores: the callers' spans are cut into pieces that idle threads take.
#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "tocsin/security_event_token.h"

namespace tocsin {
namespace {

// Calls work(i) once for each i in [0, count), on `threads` threads, the caller's among them.
template <class Work>
void for_each_index(std::size_t count, unsigned threads, const Work& work) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t helpers = std::min<std::size_t>(threads, count) - (count == 0 ? 0 : 1);
  constexpr std::size_t piece = 8;
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    while (true) {
      const std::size_t begin = next.fetch_add(piece, std::memory_order_relaxed);
      if (begin >= count) return;
      for (std::size_t i = begin; i < std::min(begin + piece, count); ++i) work(i);
    }
  };
  std::vector<std::jthread> pool;
  pool.reserve(helpers);
  for (std::size_t i = 0; i < helpers; ++i) pool.emplace_back(run);
  run();
}

template <class Value, class Make>
std::vector<Result<Value>> collect(std::size_t count, unsigned threads, const Make& make) {
  std::vector<std::optional<Result<Value>>> slots(count);
  for_each_index(count, threads, [&](std::size_t i) { slots[i].emplace(make(i)); });
  std::vector<Result<Value>> results;
  results.reserve(count);
  for (auto& slot : slots) results.push_back(*std::move(slot));
  return results;
}

}  // namespace

std::vector<Result<VerifiedSet>> verify_all(std::span<const std::string> compact,
                                            const KeySet& keys, const SetPolicy& policy,
                                            std::chrono::sys_seconds now, unsigned threads) {
  return collect<VerifiedSet>(compact.size(), threads,
                              [&](std::size_t i) { return verify(compact[i], keys, policy, now); });
}

std::vector<Result<std::string>> mint_all(std::span<const SecurityEventToken> claims,
                                          const SigningKey& key, unsigned threads) {
  return collect<std::string>(claims.size(), threads,
                              [&](std::size_t i) { return mint(claims[i], key); });
}

}  // namespace tocsin
