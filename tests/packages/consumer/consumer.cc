// Says what the book that signalbook-book installs calls the Canadian flag in Spanish, through libsignalbook-dev.
#include <cstdio>
#include <memory>

#include "translator/book.h"
#include "translator/models/only_pairs.h"
#include "translator/translator.h"

namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

}  // namespace

int main() {
  const auto book = signalbook::Book::Open(BOOK);
  if (!book.ok()) return Fail(book.status());
  // Of models, too, something is linked; no message below needs one.
  const auto model =
      std::make_shared<signalbook::OnlyPairsModel>(nullptr, signalbook::OnlyPairsModel::Pairs());
  const auto translator = signalbook::Translator::Create(*book, nullptr);
  if (!translator.ok()) return Fail(translator.status());
  const auto message = signalbook::Normalize("🇨🇦");
  if (!message.ok()) return Fail(message.status());
  const auto translations =
      (*translator)
          ->Translate({*message}, {.source = (*book)->locales().Resolve("en"),
                                   .target = *(*book)->locales().Resolve("es"),
                                   .emoji_mode = signalbook::EmojiMode::kName});
  std::printf("%s\n", translations[0].text.c_str());
  return model == nullptr ? 1 : 0;
}
