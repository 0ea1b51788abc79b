// LibreTranslate, or anything that answers by its HTTP API: a server of its own, reached by URL.
//
//   POST {url}/translate  {"q": ["Hello"], "source": "en", "target": "es", "format": "text"}
//                         {"translatedText": ["Hola"]}, or {"error": "…"}
//   GET {url}/languages   [{"code": "en", "targets": ["es", "pt-BR"]}, …]
//
// Which languages and pairs there are is asked once, when first needed, and believed from then on.
// The codes are LibreTranslate's own; for each of ours the first that the server has is taken:
//
//   zh, zh-CN, zh-Hans …   zh-Hans or zh             never one for the other: the two are scripts
//   zh-TW, zh-HK, zh-Hant  zh-Hant or zt             (older versions say zh and zt)
//   pt-BR                  pt-BR, else pb, else pt   (older versions: pb)
//   no, nb                 no or nb, what there is   fil, tl   likewise
//   es-AR, en-GB           es-AR, else es            the bare language
//   sr-Latn                sr-Latn, or nothing       a script that is said must be the server's
//
// What can go wrong, and what then happens, each for all sentences of a request:
//   * There is no server, TLS fails, its list of languages can't be had, it is busy (HTTP 429, 502,
//     503, 504): Unavailable.
//   * It does not have the pair: NotFound.
//   * It wants an API key, another one, or has banned this address: FailedPrecondition.
//   * Half an answer, one too large, one by no such API, any other HTTP status: Internal.
// Texts of the server's errors may hold message text and are never repeated.
//
// Known limits: a server may allow fewer sentences a request (--batch-limit) or characters
// (--char-limit) than are asked for; that ends as Internal. LibreTranslate gives its answers the case
// and the last punctuation mark of the source.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_LIBRETRANSLATE_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_LIBRETRANSLATE_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/model.h"
#include "translator/models/http_client.h"

namespace signalbook {

struct LibreTranslateOptions {
  // "http://127.0.0.1:5000", "https://translate.example/prefix".
  std::string url;
  // Empty: none is sent. Goes to `url` and nowhere else, and into no message.
  std::string api_key;
  // A connection is there by then, or the server is Unavailable.
  absl::Duration connect_timeout = absl::Seconds(5);
  // Of an answer. More is Internal.
  size_t max_response_bytes = size_t{8} << 20;
};

class LibreTranslateModel final : public Model {
 public:
  // Asks nobody yet. InvalidArgument when the URL or a limit makes no sense.
  static absl::StatusOr<std::unique_ptr<LibreTranslateModel>> Create(LibreTranslateOptions options);
  ~LibreTranslateModel() override;

  // As model.h says, one request for all sentences. InvalidArgument for a sentence that is not
  // UTF-8. An empty source locale leaves the language to the server's own detection ("auto").
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  // Asks for the languages, unless they are known: OK when there is a server that translates.
  // Errors are those of Translate.
  absl::Status Connect(absl::Time deadline);

 private:
  class Languages;

  LibreTranslateModel(std::unique_ptr<HttpClient> http, std::string api_key);
  absl::StatusOr<std::shared_ptr<const Languages>> KnownLanguages(absl::Time deadline);
  // One text per sentence, or what kept them all from it.
  absl::StatusOr<std::vector<absl::StatusOr<std::string>>> Ask(
      const ModelRequest& request, const std::vector<std::string_view>& sentences);

  const std::unique_ptr<HttpClient> http_;
  const std::string api_key_;
  std::timed_mutex languages_mutex_;            // held while the server is asked, so that one asks
  std::shared_ptr<const Languages> languages_;  // null: not known yet
};

// The codes that may stand for a BCP 47 tag, best first, as in the table above; none for no tag.
std::vector<std::string> LibreTranslateCodes(std::string_view locale);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_LIBRETRANSLATE_H_
