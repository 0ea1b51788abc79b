// Any source and any candidate: the gate never crashes, Judge and Explain agree, and what it
// licenses keeps the law by the word of other code than the gate's own.
//
// Input: one byte that picks the locales, the source, one 0xFF byte, the candidate.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_book.h"
#include "translator/copied_words.h"
#include "translator/emoji.h"
#include "translator/gate.h"
#include "translator/language.h"
#include "translator/normalize.h"

namespace {

using signalbook::EmojiCluster;

void Require(bool holds) {
  if (!holds) std::abort();
}

size_t EmojiCount(std::string_view text) {
  std::vector<EmojiCluster> clusters;
  signalbook::FindEmoji(text, signalbook::TestBook()->emoji(), &clusters);
  return clusters.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr std::string_view kLocales[] = {"en", "es", "zh", "zh-Hant", "fr", "de", "fa", "ja"};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t split = bytes.find('\xFF');
  const std::string_view source = bytes.substr(0, split);
  const std::string_view candidate = split == std::string_view::npos ? "" : bytes.substr(split + 1);

  // The gate's contract: a source is UTF-8 without emoji.
  if (signalbook::FindInvalidUtf8(source) || EmojiCount(source) > 0) return 0;
  const std::string stripped = signalbook::StripCopyMarks(source, candidate);
  const signalbook::GateInput input{source, stripped, signalbook::TestLocale(kLocales[data[0] % 8]),
                                    signalbook::TestLocale(kLocales[data[0] / 8 % 8])};
  const auto refusal = signalbook::TestGate().Judge(input);
  bool objected = false;
  for (const auto& result : signalbook::TestGate().Explain(input)) {
    if (!result.refusal) continue;
    if (!objected) Require(refusal == result.refusal);
    objected = true;
  }
  Require(objected == refusal.has_value());
  signalbook::DetectLanguage(candidate, kLocales[data[0] % 8]);
  if (refusal) return 0;
  Require(!signalbook::FindInvalidUtf8(stripped));
  Require(EmojiCount(stripped) == 0);
  Require(stripped.size() <= 8 * source.size() + 256);
  Require(stripped.find("\xEF\xBF\xBD") == std::string::npos ||
          source.find("\xEF\xBF\xBD") != std::string_view::npos);
  return 0;
}
