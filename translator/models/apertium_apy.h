// Apertium as a server of its own, apertium-apy, reached by URL: for pairs of languages that are installed on another
// machine. (Its API is its own: `libretranslate` does not speak it.)
//
//   GET {url}/listPairs    {"responseData": [{"sourceLanguage": "eng", "targetLanguage": "spa"}, …], …}
//   POST {url}/translate   langpair=eng|spa & format=txt & markUnknown=yes & q=Hello
//                          {"responseData": {"translatedText": "Hola"}, …}
//
// Which pairs there are is asked once, when first needed, and believed from then on; which of them serves a request is
// decided as for the Apertium of this machine (apertium_mode.h). Sentences of a request are asked for side by side, each
// in an exchange of its own.
//
// What can go wrong, and what then happens:
//   * There is no server, TLS fails, its list of pairs can't be had, it is busy (HTTP 429, 502, 503, 504): Unavailable.
//   * It does not have the pair: NotFound.
//   * Half an answer, one too large, one by no such API, any other HTTP status: Internal, for that sentence alone.
// Texts of the server's errors may hold message text and are never repeated.
//
// Known limit: on the server's way through Apertium's format for plain text, an answer may lose white space at its end.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_APY_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_APY_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/model.h"
#include "translator/models/apertium_mode.h"
#include "translator/models/http_client.h"

namespace signalbook {

struct ApertiumApyOptions {
  // "http://127.0.0.1:2737".
  std::string url;
  // Sentences of one request that the server is asked for at once, each by a thread.
  int max_parallel = 4;
  // A connection is there by then, or the server is Unavailable.
  absl::Duration connect_timeout = absl::Seconds(5);
  // Of an answer. More is Internal.
  size_t max_response_bytes = size_t{1} << 20;
};

class ApertiumApyModel final : public Model {
 public:
  // Asks nobody yet. InvalidArgument when the URL or a limit makes no sense.
  static absl::StatusOr<std::unique_ptr<ApertiumApyModel>> Create(
      const ApertiumApyOptions& options);

  // As model.h says. InvalidArgument for a sentence that is not UTF-8. Candidates keep the engine's marks of unknown
  // words (`*Ana`), and lose ASCII white space around them. Their model is {"apertium-eng-spa", ""}.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  using Modes = std::vector<ApertiumMode>;  // without their commands

  ApertiumApyModel(const ApertiumApyOptions& options, std::unique_ptr<HttpClient> http)
      : max_parallel_(options.max_parallel), http_(std::move(http)) {}
  absl::StatusOr<std::shared_ptr<const Modes>> KnownPairs(absl::Time deadline);
  absl::StatusOr<Candidate> Ask(const ApertiumMode& mode, const std::string& sentence,
                                const ModelRequest& request) const;

  const int max_parallel_;
  const std::unique_ptr<HttpClient> http_;
  std::timed_mutex pairs_mutex_;        // held while the server is asked, so that one asks
  std::shared_ptr<const Modes> pairs_;  // null: not known yet
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_APY_H_
