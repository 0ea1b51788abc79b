// How long a client of the HTTP server may take, and how long it is kept waiting.
#ifndef SIGNALBOOK_SERVICE_HTTP_TIMEOUTS_H_
#define SIGNALBOOK_SERVICE_HTTP_TIMEOUTS_H_

#include "absl/time/time.h"

namespace signalbook {

struct ConnectionTimeouts {
  absl::Duration idle = absl::Seconds(15);     // without a request
  absl::Duration stall = absl::Seconds(5);     // without a byte, inside a request or an answer
  absl::Duration request = absl::Seconds(30);  // for a request, from its first byte
  absl::Duration call = absl::Seconds(30);     // for a method, until it returns
  absl::Duration answer = absl::Seconds(60);   // for an answer, from its first byte
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_TIMEOUTS_H_
