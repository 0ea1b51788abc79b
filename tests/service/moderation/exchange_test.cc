// What holds for every format: nothing is lost, one bad row holds no other back, and no file does harm.
#include "service/moderation/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "service/status.h"
#include "tests/service/moderation/exchange_samples.h"
#include "translator/normalize.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<std::string>& HardTexts() {
  static const auto* const texts = new std::vector<std::string>{
      "plain",
      "\"",
      "\"\"",
      "a \"quoted\" word",
      ",",
      "a, b; c\td",
      "a\nb",
      "a\r\nb",
      "a\rb",
      "\n",
      "\r",
      "\t",
      "=1+1",
      "+1",
      "-1",
      "@x",
      "\tx",
      "\rx",
      "\nx",
      "=",
      "'",
      "''",
      "'=x",
      "''=x",
      "'s-Hertogenbosch",
      "＝1",
      "'＝1",
      " ",
      "  ",
      " a ",
      "a ",
      "|",
      " | ",
      "a | b",
      "a|b",
      "\\",
      "\\\\",
      "\\|",
      "\\e",
      "a\\",
      "\\ |",
      "<b>&amp;]]>",
      "<![CDATA[x]]>",
      "<!-- x -->",
      "&#10;",
      "&amp;amp;",
      "a>b<c",
      "'\"'",
      "signalbook:key=x",
      "🇨🇦👩‍🚀❤️",
      "שלום \u202Bعربي\u202C",
      "a\u2028b\u2029c",
      "\u0085",
      "\u00A0",
      "\uFEFF",
      "\uFFFD",
      "\0"s,
      "a\0b"s,
      "\x01\x02\x1F",
      "\x7F",
      "\uFFFE",
      "\uFFFF",
      "\U0001FFFE",
      "\U0010FFFF",
      "\v\f",
      "␛",
      "␛{1F}",
      "␛{",
      "␛{}",
      "␛␛{D}",
      "␛{D",
      "{D}",
      "true",
      "null",
      "[]",
      "{\"a\":1}",
      "e\u0301é",
  };
  return *texts;
}

std::vector<std::string> ReadBack(v1::ExchangeFormat format, const std::vector<ExchangeRow>& rows) {
  return ReadShown(format, WriteExchange(format, rows));
}

TEST(ExchangeTest, EveryTextComesBackInEveryField) {
  for (const auto& [format, name] : kAllFormats) {
    for (const std::string& text : HardTexts()) {
      ExchangeRow row = MakeRow(v1::TABLE_GUARDS, "es", text, text);
      row.row.set_note(text);
      for (int i = 0; i < 2; ++i) {
        row.row.add_alternates(text);
        row.row.add_matches(text);
        row.row.add_does_not_match(text);
      }
      row.english = row.sequence = row.source = text;
      EXPECT_THAT(ReadBack(format, {row}), ElementsAre(Shown(row))) << name;
      // Each alone, where what surrounds it cannot make up for it.
      for (const auto set : {+[](const std::string&t, v1::Row*r) { r->set_text(t); },
                             +[](const std::string&t, v1::Row*r) { r->set_note(t); },
                             +[](const std::string&t, v1::Row*r) { r->add_alternates(t); },
                             +[](const std::string&t, v1::Row*r) { r->add_matches(t); },
                             +[](const std::string&t, v1::Row*r) { r->add_does_not_match(t); }}) {
        ExchangeRow alone = MakeRow(v1::TABLE_NAMES, "es", "2764", "");
        set(text, &alone.row);
        EXPECT_THAT(ReadBack(format, {alone}), ElementsAre(Shown(alone))) << name;
      }
    }
  }
}

TEST(ExchangeTest, RowsOfEveryKindComeBack) {
  const auto row = [](v1::Table table, const char* scope, const char* key, auto... set) {
    ExchangeRow made = MakeRow(table, scope, key, "");
    (set(&made.row), ...);
    return made;
  };
  const auto text = [](const char* t) { return [t](v1::Row* r) { r->set_text(t); }; };
  const auto blocked = [](v1::Row* r) { r->set_blocked(true); };
  const auto removed = [](v1::Row* r) { r->set_removed(true); };
  const auto alternate = [](const char* t) { return [t](v1::Row* r) { r->add_alternates(t); }; };
  const auto matches = [](const char* t) { return [t](v1::Row* r) { r->add_matches(t); }; };
  const struct {
    const char* what;
    ExchangeRow row;
  } kRows[] = {
      {"every field of a name", Canada()},
      {"nothing at all", row(v1::TABLE_NAMES, "es", "2764")},
      {"a blocked name", row(v1::TABLE_NAMES, "es", "2764", blocked)},
      {"a blocked name with alternates",
       row(v1::TABLE_NAMES, "es", "2764", blocked, alternate("a"))},
      {"a blocked name with a text", row(v1::TABLE_NAMES, "es", "2764", blocked, text("a"))},
      {"no text but alternates",
       row(v1::TABLE_NAMES, "es", "2764", alternate("a"), alternate("b"))},
      {"an empty alternate", row(v1::TABLE_NAMES, "es", "2764", alternate(""))},
      {"empty alternates", row(v1::TABLE_NAMES, "es", "2764", alternate(""), alternate(""))},
      {"an empty one among others",
       row(v1::TABLE_NAMES, "es", "2764", alternate("a"), alternate(""), alternate("b"))},
      {"an alternate that is the text",
       row(v1::TABLE_NAMES, "es", "2764", text("a"), alternate("a"))},
      {"a market", row(v1::TABLE_NAMES, "es@CN", "2764", text("a"))},
      {"English names", row(v1::TABLE_NAMES, "en", "2764", text("a"), alternate("b"))},
      {"a region", row(v1::TABLE_NAMES, "zh-Hant-TW@US", "2764", text("a"))},
      {"a phrase", row(v1::TABLE_PHRASES, "en>es", "good morning", text("buenos días"))},
      {"a phrase of another language",
       row(v1::TABLE_PHRASES, "de>fr", "guten Tag", text("bonjour"))},
      {"a phrase between markets of one language",
       row(v1::TABLE_PHRASES, "en>en", "flat", text("a"))},
      {"a removed phrase", row(v1::TABLE_PHRASES, "en>es", "good morning", removed)},
      {"a guard", row(v1::TABLE_GUARDS, "es", "arrest:1f2e3d4c", text(R"(\barrest(o|ado)\b|\d{2})"),
                      matches("arrestado"), matches(""))},
      {"a term of all locales", row(v1::TABLE_TERMS, "root", "a term", text("a term"))},
      {"a removed term", row(v1::TABLE_TERMS, "es", "a term", removed)},
      {"flags that no such table has", row(v1::TABLE_TERMS, "es", "x", blocked, removed)},
      {"both flags of a name", row(v1::TABLE_NAMES, "es", "x", blocked, removed)},
      {"a scope that is none", row(v1::TABLE_NAMES, "e s_\n", "x", text("a"))},
      {"a key like a name of an entry", row(v1::TABLE_PHRASES, "en>es", "a:b|c=d >e", text("a"))},
  };
  for (const auto& [format, name] : kAllFormats) {
    for (const auto& [what, sample] : kRows) {
      EXPECT_THAT(ReadBack(format, {sample}), ElementsAre(Shown(sample))) << name << ": " << what;
    }
    EXPECT_THAT(ReadBack(format, {}), IsEmpty()) << name;
  }
}

std::string RandomText(std::mt19937* random) {
  constexpr std::string_view kPieces[] = {"a", " ",  "'", "\"", ",", ";",    "\t", "\n", "\r",
                                          "|", "\\", "=", "&",  "<", ">",    "]",  "é",  "␛",
                                          "{", "D",  "}", "🇨🇦", "e", "\x01", "-"};
  std::string text;
  for (size_t i = (*random)() % 8; i > 0; --i) {
    if ((*random)() % 8 == 0) {
      const char32_t c = (*random)() % (kLastCodePoint + 1);
      if (c < 0xD800 || c > 0xDFFF) AppendUtf8(c, &text);
    } else {
      text += kPieces[(*random)() % std::size(kPieces)];
    }
  }
  return text;
}

TEST(ExchangeTest, ManyRandomRowsComeBackInOrder) {
  std::mt19937 random(1);  // the same on every run
  std::vector<ExchangeRow> rows;
  for (int i = 0; i < 2'000; ++i) {
    ExchangeRow& row = rows.emplace_back(MakeRow(static_cast<v1::Table>(1 + random() % 4), "es@CN",
                                                 "k" + RandomText(&random), RandomText(&random)));
    row.row.set_note(RandomText(&random));
    row.row.set_blocked(random() % 2 == 0);
    row.row.set_removed(random() % 2 == 0);
    for (size_t n = random() % 3; n > 0; --n) row.row.add_alternates(RandomText(&random));
    for (size_t n = random() % 3; n > 0; --n) row.row.add_matches(RandomText(&random));
    for (size_t n = random() % 3; n > 0; --n) row.row.add_does_not_match(RandomText(&random));
    row.sequence = row.source = RandomText(&random);
  }
  for (const auto& [format, name] : kAllFormats) {
    const std::vector<std::string> back = ReadBack(format, rows);
    ASSERT_THAT(back, SizeIs(rows.size())) << name;
    for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(back[i], Shown(rows[i])) << name;
  }
}

TEST(ExchangeTest, TheSameRowsAreTheSameFile) {
  for (const auto& [format, name] : kAllFormats) {
    const std::string content = WriteExchange(format, {Canada()});
    const absl::StatusOr<ExchangeFile> file = ReadExchange(format, content);
    ASSERT_TRUE(file.ok()) << name << file.status();
    ExchangeRow again = file->rows.at(0);
    EXPECT_EQ(again.english + again.sequence + again.source, "") << name << ": these are ignored";
    again.english = "flag: Canada";
    again.sequence = "🇨🇦";
    again.source = "curated";
    EXPECT_EQ(WriteExchange(format, {again}), content) << name;
    EXPECT_EQ(FindInvalidUtf8(content), std::nullopt) << name;
  }
}

TEST(ExchangeTest, PeopleSeeTheEnglishNameTheEmojiAndItsSource) {
  for (const auto& [format, name] : kAllFormats) {
    const std::string content = WriteExchange(format, {Canada()});
    for (const char* shown : {"flag: Canada", "🇨🇦", "curated"}) {
      EXPECT_THAT(content, HasSubstr(shown)) << name;
    }
  }
}

TEST(ExchangeTest, NamesOfFiles) {
  const struct {
    v1::ExchangeFormat format;
    const char* extension;
    const char* media_type;
  } kRows[] = {
      {v1::EXCHANGE_FORMAT_CSV, "csv", "text/csv; charset=utf-8"},
      {v1::EXCHANGE_FORMAT_JSON_LINES, "jsonl", "application/x-ndjson"},
      {v1::EXCHANGE_FORMAT_TBX, "tbx", "application/x-tbx+xml"},
      {v1::EXCHANGE_FORMAT_TMX, "tmx", "application/x-tmx+xml"},
      {v1::EXCHANGE_FORMAT_XLIFF, "xlf", "application/xliff+xml"},
      {v1::EXCHANGE_FORMAT_UNSPECIFIED, "", ""},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(ExchangeExtension(row.format), row.extension);
    EXPECT_EQ(ExchangeMediaType(row.format), row.media_type);
  }
}

TEST(ExchangeTest, AFormatThatIsNone) {
  for (const auto format : {v1::EXCHANGE_FORMAT_UNSPECIFIED, static_cast<v1::ExchangeFormat>(99)}) {
    EXPECT_EQ(WriteExchange(format, {Canada()}), "");
    const absl::Status status = ReadExchange(format, "").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), reason::kEnumValueUnknown);
  }
}

TEST(ExchangeTest, AsManyRowsAsMayBeAndOneMore) {
  std::vector<ExchangeRow> rows(kMaxImportRows, MakeRow(v1::TABLE_NAMES, "es", "2764", "a"));
  // Problems count as well: a file of nothing else must not make an endless answer.
  rows.front().key.clear();
  for (const auto& [format, name] : kAllFormats) {
    const std::string content = WriteExchange(format, rows);
    const absl::StatusOr<ExchangeFile> file = ReadExchange(format, content);
    if (content.size() <= kMaxImportBytes) {
      ASSERT_TRUE(file.ok()) << name << file.status();
      EXPECT_THAT(file->rows, SizeIs(kMaxImportRows - 1)) << name;
    }
    rows.push_back(rows.back());
    const absl::Status status = ReadExchange(format, WriteExchange(format, rows)).status();
    EXPECT_EQ(ReasonOf(status), reason::kImportMalformed) << name << status;
    if (content.size() <= kMaxImportBytes) {
      EXPECT_THAT(std::string(status.message()), HasSubstr("more than 10000 rows")) << name;
    }
    rows.pop_back();
  }
}

TEST(ExchangeTest, AsManyBytesAsMayBeAndOneMore) {
  for (const auto& [format, name] : kAllFormats) {
    std::string content = WriteExchange(format, {Canada()});
    content.append(kMaxImportBytes - content.size(), '\n');
    EXPECT_EQ(ReadShown(format, content), std::vector<std::string>{Shown(Canada())}) << name;
    const absl::Status status = ReadExchange(format, content + "\n").status();
    EXPECT_EQ(ReasonOf(status), reason::kImportMalformed) << name;
    EXPECT_EQ(status.message(), "content: larger than 4194304 bytes; split the file") << name;
  }
}

// Whatever becomes of a file, reading it ends, and what comes of it can be sent on.
TEST(ExchangeTest, DamagedFiles) {
  constexpr std::string_view kTokens[] = {"\"",
                                          ",",
                                          "\r\n",
                                          "'",
                                          "\\",
                                          "|",
                                          "{",
                                          "[",
                                          "null",
                                          "<",
                                          ">",
                                          "</tu>",
                                          "<tu>",
                                          "<note>",
                                          "&",
                                          "&#0;",
                                          "&lt;",
                                          "&x;",
                                          "]]>",
                                          "<![CDATA[",
                                          "\xFF",
                                          "\xED\xA0\x80",
                                          std::string_view("\0", 1),
                                          "␛{",
                                          "<!DOCTYPE a [",
                                          "<?",
                                          "/>",
                                          "=",
                                          "\xFE\xFF"};
  std::vector<ExchangeRow> rows = {Canada(), MakeRow(v1::TABLE_NAMES, "es", "2764", "corazón")};
  rows.push_back(MakeRow(v1::TABLE_NAMES, "es", "1F600", "a\x01\"b\"\n<&"));
  rows.back().row.set_blocked(true);
  rows.back().row.add_matches("a | b");
  for (const auto& [format, name] : kAllFormats) {
    const std::string good = WriteExchange(format, rows);
    std::mt19937 random(7);
    int readable = 0;
    for (int i = 0; i < 2'000; ++i) {
      std::string content = good;
      for (size_t n = 1 + random() % 4; n > 0; --n) {
        const size_t at = random() % (content.size() + 1);
        const size_t size = random() % 40;
        switch (random() % 5) {
          case 0:
            content.insert(at, kTokens[random() % std::size(kTokens)]);
            break;
          case 1:
            content.erase(at, size);
            break;
          case 2:
            content.insert(at, content.substr(random() % content.size(), size));
            break;
          case 3:
            content.replace(at, 1, 1, static_cast<char>(random()));
            break;
          case 4:
            if (random() % 8 == 0) content.resize(at);
            break;
        }
        if (content.empty()) content = "x";
      }
      const absl::StatusOr<ExchangeFile> file = ReadExchange(format, content);
      if (!file.ok()) {
        ASSERT_EQ(ReasonOf(file.status()), reason::kImportMalformed) << name;
        ASSERT_EQ(FindInvalidUtf8(std::string(file.status().message())), std::nullopt) << name;
        continue;
      }
      ++readable;
      const int lines = 1 + static_cast<int>(std::count(content.begin(), content.end(), '\n') +
                                             std::count(content.begin(), content.end(), '\r'));
      for (const ExchangeRow& row : file->rows) {
        ASSERT_NE(row.table, v1::TABLE_UNSPECIFIED) << name;
        ASSERT_FALSE(row.scope.empty() || row.key.empty()) << name;
        ASSERT_EQ(FindInvalidUtf8(row.scope + row.key), std::nullopt) << name;
        ASSERT_EQ(FindInvalidUtf8(row.row.SerializeAsString().empty() ? "" : row.row.text()),
                  std::nullopt);
        ASSERT_TRUE(row.line >= 1 && row.line <= lines) << name << row.line;
      }
      for (const v1::ImportProblem& problem : file->problems) {
        ASSERT_FALSE(problem.message().empty()) << name;
        ASSERT_EQ(FindInvalidUtf8(problem.entry() + problem.message()), std::nullopt) << name;
        ASSERT_TRUE(problem.line() >= 1 && problem.line() <= lines) << name << problem.line();
      }
      ASSERT_THAT(ReadBack(format, file->rows), ElementsAreArray(Shown(file->rows))) << name;
    }
    // Or the damage would have tested one error only.
    EXPECT_GT(readable, 20) << name;
  }
}

}  // namespace
}  // namespace signalbook
