// Takes up a new configuration and a new book while the server runs. Calls under way end with what they began with;
// no call is refused or waits.
//
// What can change: the book (also the file of the same name), models and everything about them, the gate; who may call,
// and how much (access, the moderators' accounts). What the process was started with takes a restart: addresses,
// certificates' names, the database, sizes of pools. (Renewed certificates need neither, tls.h.)
//
// Thread rule: all methods are safe from many threads.
#ifndef SIGNALBOOK_SERVICE_RELOAD_H_
#define SIGNALBOOK_SERVICE_RELOAD_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/composition.h"
#include "service/live_translator.h"
#include "service/moderation/moderation.h"
#include "signalbook/v1/config.pb.h"

namespace signalbook {

// Compose, and everything of it read and compiled: damage shows now, and no answer waits for it later.
//   DataLoss   the book is damaged
// and the errors of Compose.
absl::StatusOr<Composition> ComposeWhole(const v1::Config& config);

class Reloader {
 public:
  // Reads the configuration again, complete (config.h).
  using ReadConfig = std::function<absl::StatusOr<v1::Config>()>;

  // `running`: what the server was started with. `live` and `moderation` (null: there is none) outlive it.
  Reloader(v1::Config running, ReadConfig read, LiveTranslator* live, Moderation* moderation);

  // Puts into effect who may call: Server::PrepareCallers.
  using PrepareCallers = std::function<absl::StatusOr<std::function<void()>>(const v1::Config&)>;

  // What answers from now on. After an error, nothing has changed:
  //   FailedPrecondition   a field differs that takes a restart; names all such fields
  //   Unavailable          the database cannot be reached, so what is approved cannot be put on the new book
  // and what the configuration (config.h), the composition (composition.h) and `prepare_callers` complain of. Takes
  // seconds.
  absl::StatusOr<std::shared_ptr<const LiveBook>> Reload(const PrepareCallers& prepare_callers);

 private:
  std::mutex mutex_;  // one at a time
  v1::Config running_;
  const ReadConfig read_;
  LiveTranslator* const live_;
  Moderation* const moderation_;
  // Keeps what answered before until no call has it any more: ending its models takes time that no call has.
  std::jthread retiring_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_RELOAD_H_
