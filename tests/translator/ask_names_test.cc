// Law 3: a model may propose what to call an emoji that has no name in a locale; only what stands on
// that emoji's allowlist comes out. In this book 🔥 is "fire" in en; es-419 has no name for it, but
// the keyword "llama".
#include "translator/ask_names.h"

#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_models.h"
#include "tests/support/small_data.h"
#include "tests/support/test_book.h"
#include "translator/book_builder.h"
#include "translator/law.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Says = std::map<std::string, std::string>;

std::shared_ptr<const Book> BookWithFire() {
  const SmallData data;
  data.Write("cldr/names/en.tsv",
             "# Source: npm cldr-annotations-full@48.2.0\n"
             "1F525\tfire\tflame\n");
  return Book::FromImage(BuildBook(data.dir(), {})->image).value();
}

// A translator over that book and what its model is asked.
struct Setting {
  explicit Setting(Says says)
      : book(BookWithFire()),
        model(std::make_shared<DictionaryModel>(std::move(says))),
        translator(Translator::Create(book, model).value()) {}

  Translation Translate(const std::string& text, EmojiMode mode, Policy policy = Policy::kGuarded) {
    TranslateOptions options;
    options.source = book->locales().Resolve("en");
    options.target = *book->locales().Resolve("es-419");
    options.emoji_mode = mode;
    options.policy = policy;
    const std::vector<Message> messages = {*Normalize(text)};
    EXPECT_EQ(translator->NeedsModel(messages, options),
              mode != EmojiMode::kKeep && policy != Policy::kStrict && text == "🔥");
    Translation translation = translator->Translate(messages, options).front();
    EXPECT_EQ(FindBreach(messages[0], translation, *book), std::nullopt);
    return translation;
  }

  std::shared_ptr<const Book> book;
  std::shared_ptr<DictionaryModel> model;
  std::unique_ptr<const Translator> translator;
};

TEST(AskNamesTest, TakesWhatTheAllowlistHasAndNothingElse) {
  constexpr struct {
    const char* what;
    const char* says;
    const char* picture;
  } kRows[] = {
      {"on the list", "llama", "llama|B"},
      {"on the list but for case and space: the list's spelling leaves", " LLAMA ", "llama|B"},
      {"not on the list", "fuego", "🔥|C(book)"},
      {"the incident", "Estoy en la cárcel", "🔥|C(book)"},
      {"more than the list has", "llama 🔥", "🔥|C(book)"},
      {"the whole list", "llama | llama", "🔥|C(book)"},
      {"nothing", "", "🔥|C(book)"},
      {"not UTF-8", "llama\xFF", "🔥|C(book)"},
  };
  for (const auto& row : kRows) {
    Setting setting(Says{{"fire", row.says}});
    EXPECT_EQ(Picture(setting.Translate("🔥", EmojiMode::kName)), row.picture) << row.what;
    EXPECT_THAT(setting.model->asked, ElementsAre("fire")) << "the name, never the emoji";
  }
}

TEST(AskNamesTest, NamesTheRowThatAllowsIt) {
  Setting setting(Says{{"fire", "llama"}});
  const Translation translation = setting.Translate("🔥", EmojiMode::kKeepAndName);
  EXPECT_EQ(translation.text, "🔥 (llama)");
  ASSERT_EQ(translation.pieces.size(), 4u);
  EXPECT_EQ(translation.pieces[2].entry->key, "1F525");
  EXPECT_EQ(translation.pieces[2].entry->locale, "es-419");
}

TEST(AskNamesTest, AsksNothingWhenNoNameIsWanted) {
  Setting setting(Says{{"fire", "llama"}});
  EXPECT_EQ(setting.Translate("🔥", EmojiMode::kKeep).text, "🔥");
  EXPECT_EQ(setting.Translate("🔥", EmojiMode::kName, Policy::kStrict).text, "🔥");
  EXPECT_EQ(setting.Translate("🇨🇦", EmojiMode::kName).text, "Canadá") << "the book has it";
  EXPECT_THAT(setting.model->asked, IsEmpty());
}

TEST(AskNamesTest, AModelThatFailsCostsOnlyTheName) {
  Setting setting(Says{});
  EXPECT_EQ(Picture(setting.Translate("🔥", EmojiMode::kName)), "🔥|C(book)");
}

}  // namespace
}  // namespace signalbook
