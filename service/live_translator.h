// What answers now: a book, what moderators changed in it, the models behind it. Whoever serves a call takes it
// once and keeps it for that call, so a new one takes effect between calls and never within one.
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_
#define SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_

#include <atomic>
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

 private:
  std::atomic<std::shared_ptr<const LiveBook>> live_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_
