// The HTTP API of LibreTranslate 1.7 (https://docs.libretranslate.com), so that its clients work here once they
// have another URL. Requests in, answers out; nothing here listens.
//
//   POST /translate   {"q": "Hi 🇨🇦", "source": "auto", "target": "es"}
//                     {"translatedText": "Hola 🇨🇦", "detectedLanguage": {"language": "en", "confidence": 97},
//                      "signalbook": {"verdict": "TRANSLATED", "refusals": []}}
//   POST /detect      {"q": "Bonjour tout le monde"}   [{"language": "fr", "confidence": 97}]
//   GET  /languages, /frontend/settings, /health, /spec
//
// A list as q gives lists as answers, in its order. Bodies are JSON or forms. What is different from LibreTranslate:
//   * A refusal is no error: its text stands in the answer as it came, and "signalbook" says which and why. That
//     goes for a pair of languages that no model has, too.
//   * Offsets in "signalbook" are UTF-8 bytes of q, or UTF-16 code units where the request says "offsets": "utf16".
//   * There is one translation, the one that the gate let out: "alternatives" are always empty.
//   * In a form, q given several times is a list.
//   * Text of format "html" comes back escaped (libretranslate_html.h); LibreTranslate decodes it.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_HTTP_LIBRETRANSLATE_API_H_
#define SIGNALBOOK_SERVICE_HTTP_LIBRETRANSLATE_API_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/http/libretranslate_html.h"
#include "signalbook/v1/translation.pb.h"

namespace signalbook {

// One parameter of a form or of the URL, decoded.
struct LibreField {
  std::string name;
  std::string value;
};

// What a client sent.
struct LibreBody {
  std::string content_type;
  std::string json;                // read if the content type is JSON
  std::vector<LibreField> fields;  // read otherwise
};

// Of all q together. Of HTML, the texts that stand in it.
inline constexpr size_t kMaxLibreBytes = size_t{1} << 20;
inline constexpr size_t kMaxLibreHtmlTexts = 1'024;

struct LibreTranslateRequest {
  struct Question {
    std::string q;
    std::vector<HtmlText> texts;  // of HTML
    size_t first_content = 0;     // among those of all batches
  };
  std::vector<v1::TranslateTextRequest> batches;  // to be answered in this order; at least one
  std::vector<Question> questions;
  std::string api_key;  // empty: none
  bool is_list = false;
  bool is_html = false;
  bool detects_source = false;
  bool wants_alternatives = false;
  bool offsets_are_utf16 = false;
};

// INVALID_ARGUMENT: MALFORMED_REQUEST, INVALID_UTF8, and for HTML BATCH_TOO_LONG and TOO_MANY_CONTENTS. All other
// limits, and the languages, are left to those who answer the batches. Of plain text there is one batch; HTML
// takes a content for each text, and a batch for each 128 of them.
absl::StatusOr<LibreTranslateRequest> ParseTranslate(const LibreBody& body);

// Precondition: `responses` answer the batches, one by one. With "auto", an HTML message has the language that most
// of its text is in.
std::string AnswerTranslate(const LibreTranslateRequest& request,
                            const std::vector<v1::TranslateTextResponse>& responses);

struct LibreDetectRequest {
  v1::DetectLanguageRequest detect;
  std::string api_key;
};

// Errors are those of ParseTranslate.
absl::StatusOr<LibreDetectRequest> ParseDetect(const LibreBody& body);

// All languages found, that of most text first. Confidence is 97, the share of right answers that was measured
// (translator/language.h), or 0: then nobody can tell, and the language is "en", as LibreTranslate has it. Clients
// read the first of the list without looking whether there is one.
std::string AnswerDetect(const LibreDetectRequest& request,
                         const v1::DetectLanguageResponse& response);

// The languages that some model translates from or into, each among its own targets.
std::string LanguagesJson(const v1::ListLanguagesResponse& languages);
std::string SettingsJson(const v1::ListLanguagesResponse& languages, bool needs_api_key);
std::string_view HealthJson();
// OpenAPI 3.
std::string_view SpecJson();

struct LibreError {
  int http_status = 500;
  std::string json;  // {"error": …}
};
// In LibreTranslate's words where it has some for it, as clients show them. Precondition: an error.
LibreError AnswerError(const absl::Status& error);

// LibreTranslate's codes and ours:
//
//   from clients   zt → zh-Hant   pb → pt-BR   all others are BCP 47: zh, zh-Hans, nb, pt-BR
//   to clients     zh → zh-Hans   no → nb
std::string TagOfLibreCode(std::string_view code);
std::string LibreCodeOf(std::string_view tag);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_LIBRETRANSLATE_API_H_
