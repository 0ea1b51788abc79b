// Reading TBX, TMX and XLIFF: what other programs make of them comes back as they meant it, and no file does harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "service/moderation/exchange.h"
#include "service/status.h"
#include "tests/service/moderation/exchange_samples.h"

namespace signalbook {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto kTbx = v1::EXCHANGE_FORMAT_TBX;
constexpr auto kTmx = v1::EXCHANGE_FORMAT_TMX;
constexpr auto kXliff = v1::EXCHANGE_FORMAT_XLIFF;
constexpr v1::ExchangeFormat kXmlFormats[] = {kTbx, kTmx, kXliff};

TEST(ReadXmlTest, WhatTranslatorsChange) {
  ExchangeRow with_text = Canada(), with_note = Canada(), blocked = Canada(),
              no_alternate = Canada(), no_term = Canada();
  with_text.row.set_text("el Canadá nuevo");
  with_note.row.set_note("nueva");
  blocked.row.set_blocked(true);
  no_term.row.clear_text();
  no_term.row.clear_note();
  no_alternate.row.clear_alternates();
  no_alternate.row.add_alternates("el Canadá");
  const struct {
    const char* what;
    v1::ExchangeFormat format;
    std::string from;
    std::string to;
    ExchangeRow row;
  } kRows[] = {
      {"the term", kTbx, ">Canadá<", ">el Canadá nuevo<", with_text},
      {"the note", kTbx, "as CLDR has it", "nueva", with_note},
      {"a name is deprecated: blocked", kTbx, ">preferredTerm", ">deprecatedTerm", blocked},
      {"or superseded", kTbx, ">preferredTerm-admn-sts<", ">\n supersededTerm-admn-sts\n <",
       blocked},
      {"an alternate is left out", kTbx,
       "     <termSec>\n      <term>CA</term>\n"
       "      <termNote type=\"administrativeStatus\">admittedTerm-admn-sts</termNote>\n     "
       "</termSec>\n",
       "", no_alternate},
      {"the term is left out: an alternate does not take its place", kTbx,
       "     <termSec>\n      <term>Canadá</term>\n"
       "      <termNote type=\"administrativeStatus\">preferredTerm-admn-sts</termNote>\n"
       "      <note>as CLDR has it</note>\n     </termSec>\n",
       "", no_term},
      {"no status at all", kTbx,
       "<termNote type=\"administrativeStatus\">preferredTerm-admn-sts</termNote>", "", Canada()},
      {"other data", kTbx, "<termNote ",
       "<termNote type=\"partOfSpeech\">noun</termNote><termNote ", Canada()},
      {"highlighting", kTbx, ">Canadá<", "><hi>el</hi> Canadá nuevo<", with_text},
      {"a note on the concept", kTbx, "<note>signalbook:table",
       "<note>mine</note><note>signalbook:table", Canada()},
      {"a property that it does not know", kTbx, "<note>signalbook:table",
       "<note>signalbook:colour=red</note><note>signalbook:table", Canada()},
      {"a regional form of the language", kTbx, "xml:lang=\"es\"", "xml:lang=\"es-ES\"", Canada()},
      {"another namespace of the format", kTbx, "urn:iso:std:iso:30042:ed-2",
       "urn:iso:std:iso:30042:ed:3.0", Canada()},
      {"a DOCTYPE", kTbx, "<tbx ", "<!DOCTYPE tbx SYSTEM \"http://x.invalid/tbx.dtd\"><tbx ",
       Canada()},

      {"the segment", kTmx, ">Canadá<", ">el Canadá nuevo<", with_text},
      {"the note", kTmx, "as CLDR has it", "nueva", with_note},
      {"tags in the segment", kTmx, ">Canadá<",
       "><hi>el</hi> <bpt i=\"1\">{\\b <sub>x</sub></bpt>Canadá<ept i=\"1\">}</ept> nuevo<",
       with_text},
      {"its own properties and notes", kTmx, "   <tuv ",
       "<prop type=\"x-idiom\">1</prop><note>x</note><tuv ", Canada()},
      {"the attribute of TMX 1.1", kTmx, "xml:lang=\"es\"", "lang=\"ES\"", Canada()},
      {"a third language", kTmx, "  </tu>", "<tuv xml:lang=\"fr\"><seg>x</seg></tuv></tu>",
       Canada()},
      {"a region beside the language", kTmx, "  </tu>",
       "<tuv xml:lang=\"es-MX\"><seg>x</seg></tuv></tu>", Canada()},
      {"the usual DOCTYPE", kTmx, "<tmx ", "<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx ", Canada()},
      {"CDATA", kTmx, ">Canadá<", "><![CDATA[el Canadá]]> nuevo<", with_text},
      {"references", kTmx, ">Canadá<", ">el Canad&#xE1; nuev&#111;<", with_text},
      {"a comment", kTmx, ">Canadá<", ">Can<!-- x -->adá<", Canada()},

      {"the target", kXliff, ">Canadá<", ">el Canadá nuevo<", with_text},
      {"the note", kXliff, "as CLDR has it", "nueva", with_note},
      {"a target with codes", kXliff, ">Canadá<",
       "><pc id=\"1\">el</pc> <ph id=\"2\"/><mrk id=\"3\" translate=\"no\">Canadá</mrk> nuevo<",
       with_text},
      {"a code point", kXliff, ">Canadá<", ">el Canad<cp hex=\"00E1\"/> nuevo<", with_text},
      {"a target in parts", kXliff, "<target>Canadá</target>\n   </segment>",
       "<target>el Canadá</target></segment><ignorable><source> </source><target> "
       "</target></ignorable>"
       "<segment><source/><target>nuevo</target></segment>",
       with_text},
      {"its own notes", kXliff, "<notes>", "<notes><note>x</note>", Canada()},
      {"a note instead of ours", kXliff, "<note category=\"note\">as CLDR has it</note>",
       "<note>nueva</note>", with_note},
      {"groups", kXliff, "<unit ", "<group id=\"g\"><x:y xmlns:x=\"urn:x\"><x:unit/></x:y><unit ",
       ExchangeRow()},
      {"modules with targets of their own", kXliff, "   <mda:metadata>",
       "<m:matches "
       "xmlns:m=\"urn:oasis:names:tc:xliff:matches:2.0\"><m:match><source>x</source><target>y</"
       "target></m:match></m:matches><mda:metadata>",
       Canada()},
      {"metadata of others", kXliff, "    <mda:metaGroup ",
       "<mda:metaGroup category=\"x\"><mda:meta "
       "type=\"key\">y</mda:meta></mda:metaGroup><mda:metaGroup ",
       Canada()},
      {"elements and attributes of others", kXliff, "<target>",
       "<target xmlns:x=\"urn:x\" x:note=\"1\">", Canada()},
      {"a later version", kXliff, "document:2.0", "document:2.2", Canada()},
  };
  for (const auto& row : kRows) {
    std::string xml = Replaced(WriteExchange(row.format, {Canada()}), row.from, row.to);
    ExchangeRow wanted = row.row;
    if (row.what == "groups"s) {
      xml = Replaced(xml, "</unit>", "</unit></group>");
      wanted = Canada();
    }
    EXPECT_THAT(ReadShown(row.format, xml), ElementsAre(Shown(wanted))) << row.what << "\n" << xml;
  }
}

TEST(ReadXmlTest, BadRowsHoldNoOtherBack) {
  const struct {
    const char* what;
    v1::ExchangeFormat format;
    std::string from;
    std::string to;
    const char* message;
  } kRows[] = {
      {"the table is lost", kTmx, "<prop type=\"x-signalbook-table\">names</prop>", "", "no table"},
      {"an unknown table", kTmx, ">names<", ">flags<",
       "table is none of names, phrases, guards, terms"},
      {"two keys", kTmx, "<prop type=\"x-signalbook-key\">",
       "<prop type=\"x-signalbook-key\">x</prop><prop type=\"x-signalbook-key\">",
       "more than one key"},
      {"no key", kTmx, ">1F1E8-1F1E6<", "><", "no key"},
      {"no text", kTmx, "xml:lang=\"es\"", "xml:lang=\"fr\"",
       "no <tuv> in the language of the scope"},
      {"a language that starts alike", kTmx, "xml:lang=\"es\"", "xml:lang=\"est\"",
       "no <tuv> in the language of the scope"},
      {"no text", kTbx, "xml:lang=\"es\"", "xml:lang=\"fr\"",
       "no <langSec> in the language of the scope"},
      {"the metadata is lost", kXliff, "category=\"signalbook\"", "category=\"x\"", "no table"},
      {"a flag that is none", kXliff, "<mda:meta type=\"source\">curated",
       "<mda:meta type=\"blocked\">yes", "blocked is not true or false"},
  };
  for (const auto& row : kRows) {
    ExchangeRow other = Canada();
    other.key = "2764";
    const std::string xml =
        Replaced(WriteExchange(row.format, {Canada(), other}), row.from, row.to);
    const absl::StatusOr<ExchangeFile> file = ReadExchange(row.format, xml);
    ASSERT_TRUE(file.ok()) << row.what << file.status();
    EXPECT_THAT(Shown(file->rows), ElementsAre(Shown(other))) << row.what;
    ASSERT_THAT(file->problems, SizeIs(1)) << row.what;
    EXPECT_EQ(file->problems[0].message(), row.message) << row.what;
    EXPECT_EQ(file->problems[0].line(), row.format == kTbx   ? 12
                                        : row.format == kTmx ? 5
                                                             : 4)
        << row.what;
  }
}

std::string Utf16(std::string_view ascii) {
  std::string utf16 = "\xFF\xFE";
  for (const char c : ascii) utf16 += {c, '\0'};
  return utf16;
}

TEST(ReadXmlTest, Encodings) {
  ExchangeRow row = MakeRow(v1::TABLE_NAMES, "es", "2764", "corazon");
  for (const auto format : kXmlFormats) {
    const std::string xml = WriteExchange(format, {row});
    EXPECT_THAT(ReadShown(format, "\xEF\xBB\xBF" + xml), ElementsAre(Shown(row)));
    EXPECT_THAT(ReadShown(format, Utf16(Replaced(xml, " encoding=\"UTF-8\"", ""))),
                ElementsAre(Shown(row)));
    const std::string latin =
        Replaced(Replaced(xml, "UTF-8", "ISO-8859-1"), "corazon", "coraz\xF3n");
    ExchangeRow accented = row;
    accented.row.set_text("corazón");
    EXPECT_THAT(ReadShown(format, latin), ElementsAre(Shown(accented)));
    EXPECT_THAT(ReadShown(format, Replaced(xml, "UTF-8", "windows-1252")),
                ElementsAre("content: line 1: not XML: unknown encoding; save it as UTF-8"));
  }
}

TEST(ReadXmlTest, WhatIsNoSuchFile) {
  const std::string tmx = WriteExchange(kTmx, {Canada()});
  const auto declaring = [&tmx](const std::string& declarations) {
    return Replaced(tmx, "<tmx ", "<!DOCTYPE tmx [" + declarations + "]>\n<tmx ");
  };
  std::string laughs = "<!ENTITY a \"" + std::string(1000, 'x') + "\">";
  for (char c = 'b'; c < 'j'; ++c) {
    laughs += "<!ENTITY "s + c + " \"";
    for (int i = 0; i < 10; ++i) laughs += "&"s + static_cast<char>(c - 1) + ";";
    laughs += "\">";
  }
  const std::string declares = "line 2: a DOCTYPE with declarations; leave it out";
  std::string deep, wide;
  for (int i = 0; i < 100; ++i) deep += "<x>";
  for (int i = 0; i < 30'000; ++i) wide += "<prop/>";
  const struct {
    const char* what;
    v1::ExchangeFormat format;
    std::string xml;
    std::string message;
  } kRows[] = {
      {"nothing", kTmx, "", "line 1: not XML: no element found"},
      {"CSV", kTmx, "table,scope,key\n", "line 1: not XML: "},
      {"cut off", kTmx, tmx.substr(0, tmx.find("as CLDR")), "line 13: not XML: "},
      {"a wrong end", kTmx, Replaced(tmx, "</seg>", "</x>"), "line 15: not XML: mismatched tag"},
      {"not UTF-8", kTmx, Replaced(tmx, "as CLDR", "\xFF"), "line 13: not XML: not well-formed"},
      {"a control character", kTmx, Replaced(tmx, "as CLDR", "\x01"),
       "line 13: not XML: not well-formed"},
      {"a reference to one", kTmx, Replaced(tmx, "as CLDR", "&#1;"), "line 13: not XML: "},
      {"another format", kTmx, WriteExchange(kXliff, {Canada()}),
       "line 2: not TMX, which starts with <tmx>"},
      {"another format", kXliff, tmx, "line 2: not XLIFF 2, which starts with <xliff>"},
      {"another format", kTbx, tmx, "line 2: not TBX of 2019, which starts with <tbx>"},
      {"XLIFF 1.2", kXliff,
       "<xliff version=\"1.2\" xmlns=\"urn:oasis:names:tc:xliff:document:1.2\"/>",
       "line 1: not XLIFF 2"},
      {"TBX of 2008", kTbx, "<martif type=\"TBX\"/>", "line 1: not TBX of 2019"},
      {"a page", kTmx, "<html><body><tu/></body></html>", "line 1: not TMX"},
      {"an entity", kTmx, Replaced(declaring("<!ENTITY e \"x\">"), "as CLDR", "&e;"), declares},
      {"an entity that nobody uses", kTmx, declaring("<!ENTITY e \"x\">"), declares},
      {"an entity of parameters", kTmx, declaring("<!ENTITY % p SYSTEM \"http://x.invalid/\"> %p;"),
       declares},
      {"a file of the server", kTmx,
       Replaced(declaring("<!ENTITY e SYSTEM \"file:///etc/passwd\">"), "as CLDR", "&e;"),
       declares},
      {"entities of entities", kTmx, Replaced(declaring(laughs), "as CLDR", "&i;"), declares},
      {"attributes of nobody's", kTmx,
       declaring("<!ATTLIST prop x CDATA \"" + std::string(100'000, 'x') + "\">"), declares},
      {"an entity that nobody declared", kTmx, Replaced(tmx, "as CLDR", "&eacute;"),
       "line 13: not XML: undefined entity"},
      {"one that a DTD may declare, which is not read", kTmx,
       Replaced(Replaced(tmx, "as CLDR", "&eacute;"), "<tmx ",
                "<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx "),
       "line 14: an entity that nobody declares; write the character itself"},
      {"too deep", kTmx, Replaced(tmx, "<seg>", "<seg>" + deep),
       "line 15: elements in each other more than 64 deep"},
      {"too deep outside of rows", kTmx, "<tmx>" + deep,
       "line 1: elements in each other more than 64 deep"},
      {"too many elements", kTmx, Replaced(tmx, "<seg>", wide + "<seg>"),
       "line 15: more than 20000 elements in one row"},
      {"a long namespace", kTmx,
       Replaced(tmx, "<seg>", "<seg xmlns:x=\"" + std::string(1000, 'x') + "\">"),
       "line 15: a namespace of more than 128 bytes"},
      {"a namespace that nobody declared", kTmx, Replaced(tmx, "<seg>", "<x:seg>"),
       "line 15: not XML: unbound prefix"},
  };
  for (const auto& row : kRows) {
    const absl::Status status = ReadExchange(row.format, row.xml).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.what;
    EXPECT_EQ(ReasonOf(status), reason::kImportMalformed) << row.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr("content: " + row.message)) << row.what;
  }
}

// Each is as large as a file may be; what they make a reader do must not be larger.
TEST(ReadXmlTest, FilesThatAreHardToRead) {
  constexpr size_t kRoom = kMaxImportBytes - 100'000;
  const auto repeated = [](std::string_view unit) {
    std::string text;
    while (text.size() + unit.size() <= kRoom) text += unit;
    return text;
  };
  const std::string tmx = WriteExchange(kTmx, {Canada()});
  const struct {
    const char* what;
    std::string xml;
  } kRows[] = {
      {"escapes without end", Replaced(tmx, ">Canadá<", ">" + repeated("␛{") + "<")},
      {"one text", Replaced(tmx, ">Canadá<", ">" + repeated("x") + "<")},
      {"references", Replaced(tmx, ">Canadá<", ">" + repeated("&#9;") + "<")},
      {"elements outside of rows", Replaced(tmx, "<body>", "<body>" + repeated("<a/>"))},
      {"attributes", Replaced(
                         tmx, "<seg>",
                         "<seg " +
                             [] {
                               std::string attributes;
                               for (int i = 0; attributes.size() < kRoom - 20; ++i)
                                 attributes += " a" + std::to_string(i) + "=''";
                               return attributes;
                             }() +
                             ">")},
      {"names of a namespace",
       Replaced(tmx, "<body>",
                "<body xmlns:x=\"" + std::string(128, 'x') + "\">" + repeated("<x:a/>"))},
  };
  for (const auto& row : kRows) {
    EXPECT_TRUE(ReadExchange(kTmx, row.xml).ok()) << row.what;
  }
}

}  // namespace
}  // namespace signalbook
