// What a lexicon counts in a text: what is folded, what stays apart, what parts a word has.
#include "translator/lexical_units.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"

namespace signalbook {
namespace {

// The units of a size, in one line.
std::string Line(std::string_view text, UnitSize size) {
  const std::optional<DecodedText> decoded = DecodedText::Decode(text);
  if (!decoded) return "not UTF-8";
  const LexicalUnits units = FindLexicalUnits(*decoded);
  return absl::StrJoin(units[static_cast<size_t>(size)], " ");
}

TEST(LexicalUnitsTest, WordsAreFolded) {
  const struct {
    std::string_view what, text, words;
  } kRows[] = {
      {"nothing", "", ""},
      {"punctuation is no word", "¡¿…?!", ""},
      {"case", "The HOUSE", "the house"},
      {"case of letters without ASCII", "ÉTÉ ΜΕΓΑ МОСКВА", "ete μεγα москва"},
      {"digits", "2x 3,000", "2x 3 000"},
      {"Latin accents", "¿Cómo estás?", "como estas"},
      {"the same as separate marks", "Co\u0301mo esta\u0301s", "como estas"},
      {"two accents on a letter", "Tiếng Việt", "tieng viet"},
      {"letters of their own are no accents", "straße øre łódź", "straße øre łodz"},
      {"a cedilla and a tilde", "façade año", "facade ano"},
      {"dots of Turkish, in both cases", "İstanbul istanbul", "istanbul istanbul"},
      {"no dots of Turkish, in both cases", "ÇIKTI çıktı", "cikti cikti"},
      {"Greek", "Ελλάδα ΐδια άνθρωπος ΑΝΘΡΩΠΟΣ", "ελλαδα ιδια ανθρωποσ ανθρωποσ"},
      {"Cyrillic", "Ёлка Елка йод їжак", "елка елка иод іжак"},
      {"Arabic vowel signs", "السَّلَامُ السلام", "السلام السلام"},
      {"Arabic tatweel", "كـــتاب كتاب", "كتاب كتاب"},
      {"Arabic alef and yeh", "أحمد إلى آخر", "احمد الي اخر"},
      {"Hebrew points", "שָׁלוֹם שלום", "שלום שלום"},
      {"vowel signs of Hindi are letters", "हिन्दी", "हिन्दी"},
      {"traditional Han", "愛國 爱国", "爱 国 爱 国"},
      {"Han that both ways of writing share", "我在", "我 在"},
      {"full width", "ＮＹＣ２０", "nyc20"},
  };
  for (const auto& row : kRows) EXPECT_EQ(Line(row.text, UnitSize::kWord), row.words) << row.what;
}

TEST(LexicalUnitsTest, PartsAreWhatInflectionLeavesAlone) {
  const struct {
    std::string_view what, text, parts;
  } kRows[] = {
      {"nothing", "", ""},
      {"a short word is its own part", "a cat", "a cat"},
      {"four letters, and no end that overlaps most of them", "house", "hous"},
      {"from six letters on an end", "houses", "hous -ses"},
      {"folded", "Evlerimizden çıktı", "evle -den cikt"},
      {"letters, not bytes", "привет ёлочка", "прив -вет елоч -чка"},
      {"Arabic without its marks", "المَدْرَسَة", "المد -رسة"},
      {"adjacent letters of Han", "他在等你", "他在 在等 等你"},
      {"a letter alone has no neighbour", "他", ""},
      {"a space parts neighbours", "他在 等你", "他在 等你"},
      {"so does punctuation", "他在，等你", "他在 等你"},
      {"so does a word of letters", "住在NYC等你", "住在 nyc 等你"},
      {"Kana and Han are neighbours", "猫がいる", "猫が がい いる"},
      {"traditional Han, simplified", "愛國", "爱国"},
  };
  for (const auto& row : kRows) EXPECT_EQ(Line(row.text, UnitSize::kPart), row.parts) << row.what;
}

// Who shows a word of the lexicon to people finds it in the text by its index.
TEST(LexicalUnitsTest, WordsStandForUnitsOneToOne) {
  for (const std::string_view text :
       {"", " ", "a", "Das Haus, 2x", "我住在NYC。", "e\u0301 \u0301", "كـ \u0640 ـ", "co\u00ADop",
        "שָׁלוֹם, 世界", "ไทย ภาษา", "हिन्दी में", "a\u200Db", "½ x² ⅷ"}) {
    const std::optional<DecodedText> decoded = DecodedText::Decode(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(FindLexicalUnits(*decoded)[0].size(), decoded->units().size()) << text;
  }
}

}  // namespace
}  // namespace signalbook
