// Numbers of two texts: the same ones pass whatever they look like, others are told.
#include "translator/numbers.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/test_book.h"

namespace signalbook {
namespace {

const NumberWords& Words() {
  static const NumberWords& words =
      *new NumberWords(NumberWords::Create(TestBook()->locales(), TestBook()->number_words()));
  return words;
}

struct Row {
  std::string_view description;
  std::string_view from, to;
  std::string_view source, candidate;
};

NumberChange Compare(const Row& row) {
  const auto source = DecodedText::Decode(row.source);
  const auto candidate = DecodedText::Decode(row.candidate);
  return FindNumberChange({*source, TestLocale(row.from)}, {*candidate, TestLocale(row.to)},
                          Words());
}

constexpr Row kSame[] = {
    {"none", "en", "es", "I love you", "Te quiero"},
    {"digits: Arabic-Indic", "en", "ar", "Room 42", "الغرفة ٤٢"},
    {"digits: Devanagari", "en", "hi", "Room 42", "कमरा ४२"},
    {"digits: Bengali", "en", "bn", "Room 42", "কক্ষ ৪২"},
    {"digits: full width", "ja", "en", "４２号室", "Room 42"},
    {"separators: English and Spanish", "en", "es", "1,000.50 dollars", "1.000,5 dólares"},
    {"separators: narrow space", "en", "fr", "20,000 people", "20\u202F000 personnes"},
    {"separators: Swiss", "en", "de", "1,234,567", "1’234’567"},
    {"separators: Indian", "en", "hi", "150,000 rupees", "1,50,000 रुपये"},
    {"separators: Arabic", "en", "ar", "1,000.5", "١٬٠٠٠٫٥"},
    {"ten thousands", "en", "zh", "30,000 yen", "3万日元"},
    {"hundred millions in parts", "en", "ko", "about 120 million", "약 1억 2000만"},
    {"million behind the number", "en", "es", "7 million people", "7.000.000 de personas"},
    {"million with a fraction", "en", "de", "1.5 million", "1.500.000"},
    {"year in Han digits", "zh", "en", "二〇〇九年", "the year 2009"},
    {"number word against digits", "en", "es", "two dogs", "2 perros"},
    {"digits against number word", "ru", "en", "2 собаки", "two dogs"},
    {"compound", "en", "fr", "The 99 percent", "Les quatre-vingt-dix-neuf pour cent"},
    {"ordinal", "de", "en", "Im 20. Jahrhundert", "In the twentieth century"},
    {"Roman numeral", "pt", "es", "no século 19", "en el siglo XIX"},
    {"number words of both", "en", "de", "three dogs", "drei Hunde"},
    {"number words, other split", "en", "de", "two hundred fifty", "zweihundertfünfzig"},
    {"a word that ICU lacks", "ja", "en", "２回行った", "I went twice"},
    {"hundred without one", "ja", "en", "１００ドル札", "a hundred-dollar bill"},
    {"one of a thing", "ja", "en", "１年前", "a year ago"},
    {"one of a thing, Korean", "ko", "en", "1명", "a person"},
    {"month", "ja", "en", "４月に", "in April"},
    {"month, Korean", "ko", "en", "9월 3일", "September 3rd"},
    {"date", "en", "es", "On May 3, 2024", "El 3 de mayo de 2024"},
    {"date, other order", "en", "de", "5/3/2024", "3.5.2024"},
    {"time, other separator", "en", "de", "at 6:30", "um 6.30 Uhr"},
    {"time, no minutes", "en", "fr", "It is 8:00", "Il est 8 heures"},
    {"time, afternoon", "en", "es", "See you at 5pm", "Nos vemos a las 17"},
    {"half past", "en", "es", "at 2:30", "a las dos y media"},
    {"half before", "en", "de", "at 2:30", "um halb drei"},
    {"half before, Russian", "en", "ru", "by 2:30", "к половине третьего"},
    {"half in words", "en", "de", "half past seven", "halb acht"},
    {"noon", "nl", "en", "om 12 uur", "at noon"},
    {"percent sign and word", "en", "es", "5%", "5 por ciento"},
    {"percent before", "en", "tr", "5% off", "%5 indirim"},
    {"percent, Arabic", "en", "ar", "5%", "٥٪"},
    {"currency on the other side", "en", "de", "$5", "5 $"},
    {"currency code", "en", "de", "$5", "5 USD"},
    {"currency word", "en", "es", "$5", "5 dólares"},
    {"currency, full width", "zh", "en", "￥5", "¥5"},
    {"degrees", "en", "de", "20°C", "20 °C"},
    {"a word that spells two values", "es", "en", "Son las nueve y cuarto",
     "It's a quarter past nine"},
    {"a homograph alone", "it", "en", "Tu sei uno dei due", "You are one of the two"},
};

struct Changed {
  Row row;
  NumberChange change;
};

constexpr Changed kChanged[] = {
    {{"other value", "en", "es", "It costs 15", "Cuesta 50"}, NumberChange::kValues},
    {{"lost", "en", "es", "It costs 15", "Cuesta mucho"}, NumberChange::kValues},
    {{"introduced", "en", "es", "I love you", "Te quiero 3 veces"}, NumberChange::kValues},
    {{"doubled", "en", "es", "Take 15", "Toma 15 y 15"}, NumberChange::kValues},
    {{"decimal moved", "en", "es", "1.5 kilos", "15 kilos"}, NumberChange::kValues},
    {{"other digits, other value", "en", "ar", "Room 42", "الغرفة ٤٣"}, NumberChange::kValues},
    {{"million lost", "en", "es", "7 million people", "7 personas"}, NumberChange::kValues},
    {{"million for thousand", "en", "es", "7 million", "7 mil"}, NumberChange::kValues},
    {{"ten thousand lost", "zh", "en", "3万日元", "3 yen"}, NumberChange::kValues},
    {{"parts of a number changed", "ko", "en", "1억 2000만", "130 million"}, NumberChange::kValues},
    {{"year in Han digits", "zh", "en", "二〇〇九年", "the year 2019"}, NumberChange::kValues},
    {{"word against other digits", "en", "es", "two dogs", "3 perros"}, NumberChange::kValues},
    {{"one thing for two", "ja", "en", "２年前", "a year ago"}, NumberChange::kValues},
    {{"other month", "ja", "en", "４月に", "in May"}, NumberChange::kValues},
    {{"other minutes", "en", "es", "at 2:30", "a las 2:45"}, NumberChange::kValues},
    {{"half hour lost", "en", "es", "at 2:30", "a las dos"}, NumberChange::kValues},
    {{"afternoon without p.m.", "en", "es", "at 5", "a las 17"}, NumberChange::kValues},
    {{"words", "en", "es", "two dogs", "tres perros"}, NumberChange::kSpelled},
    {{"words, Chinese", "en", "zh", "three dogs", "五只狗"}, NumberChange::kSpelled},
    {{"words, Russian", "ru", "en", "семь собак", "nine dogs"}, NumberChange::kSpelled},
    {{"words, tens", "en", "fr", "twenty people", "trente personnes"}, NumberChange::kSpelled},
    {{"hour without a half", "en", "de", "at seven", "um acht"}, NumberChange::kSpelled},
    {{"currency", "en", "es", "It costs $5", "Cuesta 5 €"}, NumberChange::kSigns},
    {{"currency codes", "en", "es", "5 USD", "5 EUR"}, NumberChange::kSigns},
    {{"percent for currency", "en", "es", "5%", "5 €"}, NumberChange::kSigns},
    {{"degrees", "en", "es", "20°C", "20 °F"}, NumberChange::kSigns},
};

TEST(NumbersTest, TheSameNumbersPass) {
  for (const Row& row : kSame) {
    EXPECT_EQ(Compare(row), NumberChange::kNone) << row.description;
  }
}

TEST(NumbersTest, TheSameNumbersPassTheOtherWayRound) {
  for (const Row& row : kSame) {
    EXPECT_EQ(Compare({row.description, row.to, row.from, row.candidate, row.source}),
              NumberChange::kNone)
        << row.description;
  }
}

TEST(NumbersTest, ChangedNumbersAreTold) {
  for (const Changed& changed : kChanged) {
    EXPECT_EQ(Compare(changed.row), changed.change) << changed.row.description;
  }
}

TEST(NumbersTest, ValuesAndWhatStandsAtThem) {
  const struct {
    std::string_view locale, text, expected;
  } kRows[] = {
      {"en", "", ""},
      {"en", "1,000.50", "1000.5"},
      {"en", "1.000.000", "1000000"},
      {"en", "10.9.8.7", "10 9 8 7"},
      {"en", "$5 and 7%", "5$ 7%"},
      {"en", "USD 5", "5$"},
      {"en", "007", "7"},
      {"en", "2.5 million", "2500000"},
      {"en", "5 dogs", "5"},
      {"ja", "1億2000万", "120000000"},
      {"ja", "3万 5千", "35000"},
      {"ja", "5千 3万", "5000 30000"},
      {"zh", "一二三", ""},
      {"zh", "一九八四", "1984"},
  };
  for (const auto& row : kRows) {
    const auto text = DecodedText::Decode(row.text);
    std::string found;
    for (const Number& number : FindNumbers({*text, TestLocale(row.locale)}, Words())) {
      if (!found.empty()) found += " ";
      found += number.value;
      if (number.sign != 0) found += static_cast<char>(number.sign);
    }
    EXPECT_EQ(found, row.expected) << row.text;
  }
}

// Nothing that stands in digits may take time or memory beyond its length.
TEST(NumbersTest, TakesAnyAmountOfDigits) {
  const std::string digits(100'000, '9');
  const std::string list = [] {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + " 万 ";
    return text;
  }();
  EXPECT_EQ(Compare({"", "en", "es", digits, digits}), NumberChange::kNone);
  EXPECT_EQ(Compare({"", "en", "es", digits, digits + "9"}), NumberChange::kValues);
  EXPECT_EQ(Compare({"", "ja", "zh", list, list}), NumberChange::kNone);
  EXPECT_EQ(Compare({"", "ja", "zh", list, "1"}), NumberChange::kValues);
}

}  // namespace
}  // namespace signalbook
