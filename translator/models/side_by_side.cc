#include "translator/models/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace signalbook {

void SideBySide(size_t count, int parallel, const std::function<void(size_t)>& work) {
  // Each thread takes the next until there is none.
  std::atomic<size_t> next = 0;
  const auto take = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  const size_t threads = std::min(count, static_cast<size_t>(parallel));
  std::vector<std::thread> others;
  while (others.size() + 1 < threads) {
    try {
      others.emplace_back(take);
    } catch (const std::system_error&) {
      break;  // the machine has no more threads; those that are there do it
    }
  }
  take();
  for (std::thread& other : others) other.join();
}

}  // namespace signalbook
