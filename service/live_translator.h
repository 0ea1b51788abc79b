// The translator that answers now. Whoever serves a call takes it once and keeps it for that call, so a
// new one takes effect between calls and never within one.
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_
#define SIGNALBOOK_SERVICE_LIVE_TRANSLATOR_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "translator/translator.h"

namespace signalbook {

struct LiveBook {
  std::shared_ptr<const Translator> translator;
  int64_t revision = 0;  // of moderated changes on top of its book; 0: none
};

class LiveTranslator {
 public:
  explicit LiveTranslator(std::shared_ptr<const Translator> translator) {
    Set({std::move(translator), 0});
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
