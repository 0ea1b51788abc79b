// What answers now: a book, what moderators changed in it, the models behind it. Whoever serves a call takes it
// once and keeps it for that call, so a new one takes effect between calls and never within one.
//
// It may be good for a limited time only: where moderators change it, somebody has to go on looking whether they did.
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_
#define SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "service/model_servers.h"
#include "translator/translator.h"

namespace signalbook {

struct LiveBook {
  std::shared_ptr<const Translator> translator;
  int64_t revision = 0;              // of moderated changes on top of its book; 0: none
  std::shared_ptr<const Book> base;  // its book without them
  // What the translator asks, to be looked at. Never null.
  std::shared_ptr<const ServedModels> models;
};

class LiveTranslator {
 public:
  explicit LiveTranslator(
      const std::shared_ptr<const Translator>& translator,
      std::shared_ptr<const ServedModels> models = std::make_shared<const ServedModels>()) {
    Set(Unmoderated(translator, std::move(models)));
  }

  // A translator as it came from its book.
  static LiveBook Unmoderated(const std::shared_ptr<const Translator>& translator,
                              std::shared_ptr<const ServedModels> models) {
    return {translator, 0, {translator, &translator->book()}, std::move(models)};
  }

  std::shared_ptr<const LiveBook> Get() const { return live_.load(std::memory_order_acquire); }
  void Set(LiveBook live) {
    live_.store(std::make_shared<const LiveBook>(std::move(live)), std::memory_order_release);
  }

  // Until when it is good, unless this is called again; without it, for ever. From `aging` on other servers should
  // be asked, from `stale` on it must not answer. Call it after Set, with times that never go back.
  using Clock = std::chrono::steady_clock;
  void SetGoodUntil(Clock::time_point aging, Clock::time_point stale) {
    aging_.store(aging, std::memory_order_relaxed);
    stale_.store(stale, std::memory_order_release);
  }
  bool aging() const { return IsPast(aging_.load(std::memory_order_relaxed)); }
  // Ask before Get: what Get returns then was good at that moment.
  bool stale() const { return IsPast(stale_.load(std::memory_order_acquire)); }

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  static bool IsPast(Clock::time_point time) { return time != kNever && Clock::now() >= time; }

  std::atomic<std::shared_ptr<const LiveBook>> live_;
  std::atomic<Clock::time_point> aging_ = kNever;
  std::atomic<Clock::time_point> stale_ = kNever;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_
