// The whole pipeline on any bytes, with a model that says whatever the fuzzer wants: nothing crashes, no
// answer breaks the law, and with an identity model and emoji kept, output == NFC(input) (law 6).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_book.h"
#include "translator/law.h"
#include "translator/translator.h"

namespace signalbook {
namespace {

// Says `text` for every sentence; "\1" in it stands for the sentence.
class PuppetModel : public Model {
 public:
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    std::vector<absl::StatusOr<Candidate>> answers;
    for (const std::string& sentence : request.sentences) {
      Candidate candidate{.text = {}, .model = {"puppet", "1"}};
      for (char c : text) c == '\1' ? candidate.text += sentence : candidate.text += c;
      answers.emplace_back(std::move(candidate));
    }
    return answers;
  }
  std::string text;
};

void Check(const Translator& translator, const Message& message, const TranslateOptions& options,
           bool identity) {
  std::vector<Message> messages = {message};
  const Translation translation = translator.Translate(messages, options).front();
  if (auto breach = FindBreach(message, translation, translator.book())) {
    std::fprintf(stderr, "breach of %.*s: %s\n", static_cast<int>(breach->rule.size()),
                 breach->rule.data(), breach->what.c_str());
    std::abort();
  }
  // An approved phrase is translated whatever the model is.
  const auto by_phrase = [](const Piece& piece) { return piece.licence == Licence::kPhrase; };
  if (identity && std::none_of(translation.pieces.begin(), translation.pieces.end(), by_phrase) &&
      translation.text != message.text()) {
    std::fprintf(stderr, "not lossless\n");
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* puppet = new std::shared_ptr<PuppetModel>(new PuppetModel);
  static const Translator& translator = TestTranslator(*puppet);
  // First byte: how; then the message; behind a NUL, what the model says.
  if (size < 1 || size > 4096) return 0;
  const uint8_t how = data[0];
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t nul = rest.find('\0');
  const std::string_view text = rest.substr(0, nul);
  (*puppet)->text = nul == rest.npos ? "\1" : std::string(rest.substr(nul + 1));

  const absl::StatusOr<Message> message = Normalize(text);
  if (!message.ok()) return 0;
  static const char* const kTargets[] = {"es", "zh", "ar", "fr"};
  TranslateOptions options;
  options.source = TestLocale("en");
  options.target = TestLocale(kTargets[how & 3]);
  options.emoji_mode = static_cast<EmojiMode>((how >> 2) % 3);
  options.policy = (how & 0x80) ? Policy::kStrict : Policy::kGuarded;
  Check(translator, *message, options, false);
  options.emoji_mode = EmojiMode::kKeep;
  (*puppet)->text = "\1";  // identity
  Check(translator, *message, options, true);
  return 0;
}

}  // namespace signalbook
