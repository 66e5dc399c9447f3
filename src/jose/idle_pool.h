// A few idle objects that are dear to make, kept by the object they belong to.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace tocsin::jose {

// Keeps up to `kept_max` objects between uses and frees them with itself, so nothing dangles when
// the owner dies and nothing grows with the number of threads. Lock-free: a thread finds what it
// gave back last in a slot of its own unless more threads than slots are at work.
template <class T>
class IdlePool {
 public:
  static constexpr std::size_t kept_max = 16;

  IdlePool() = default;
  IdlePool(const IdlePool&) = delete;
  IdlePool& operator=(const IdlePool&) = delete;
  ~IdlePool() {
    for (std::atomic<T*>& slot : slots_) delete slot.load(std::memory_order_acquire);
  }

  // An idle object, now the caller's alone; null if there is none.
  std::unique_ptr<T> take() noexcept {
    for (std::size_t i = 0; i < kept_max; ++i) {
      std::atomic<T*>& slot = slots_[(home() + i) % kept_max];
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* const object = slot.exchange(nullptr, std::memory_order_acq_rel)) {
        return std::unique_ptr<T>(object);
      }
    }
    return nullptr;
  }

  // Keeps `object` for the next use, or frees it if the pool is full.
  void give_back(std::unique_ptr<T> object) noexcept {
    for (std::size_t i = 0; i < kept_max; ++i) {
      std::atomic<T*>& slot = slots_[(home() + i) % kept_max];
      T* empty = nullptr;
      if (slot.compare_exchange_strong(empty, object.get(), std::memory_order_acq_rel,
                                       std::memory_order_relaxed)) {
        static_cast<void>(object.release());
        return;
      }
    }
  }

 private:
  // Where this thread looks first.
  static std::size_t home() noexcept {
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t mine = threads.fetch_add(1, std::memory_order_relaxed);
    return mine;
  }

  std::array<std::atomic<T*>, kept_max> slots_{};
};

}  // namespace tocsin::jose
