// The book as a test sees it: compiled from data/ by the build (make_test_book.cc).
#ifndef SIGNALBOOK_TESTS_SUPPORT_TEST_BOOK_H_
#define SIGNALBOOK_TESTS_SUPPORT_TEST_BOOK_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/gate.h"
#include "translator/model.h"
#include "translator/normalize.h"
#include "translator/segment.h"
#include "translator/translator.h"

namespace signalbook {

// The book of the tree's data/.
std::shared_ptr<const Book> TestBook();

// The locale a tag resolves to in that book; must exist.
LocaleId TestLocale(std::string_view tag);

// A translator over TestBook() that asks `model`, which may be null. One translator serves the whole
// process, because compiling a gate takes longer than most tests: the model of the last call counts,
// and tests with threads call this once.
const Translator& TestTranslator(std::shared_ptr<Model> model);

// The gate of that translator.
const Gate& TestGate();

// One message through a translator: "en" → "es".
struct TestOptions {
  std::string_view from = "en";
  std::string_view to = "es";
  EmojiMode mode = EmojiMode::kKeep;
  Policy policy = Policy::kGuarded;
};
Translation TranslateOne(const Translator& translator, std::string_view text,
                         const TestOptions& options);

// "Quiero |M Canadá|B !|C": the text of each piece and the initial of its licence, in one line;
// a refused piece also has its rule: "x|C(strict)".
std::string Picture(const Translation& translation);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_TEST_BOOK_H_
