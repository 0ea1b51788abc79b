// Writing TBX, TMX and XLIFF: what programs for terminology and translation open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "service/moderation/exchange.h"
#include "tests/service/moderation/exchange_samples.h"

namespace signalbook {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kTbx = v1::EXCHANGE_FORMAT_TBX;
constexpr auto kTmx = v1::EXCHANGE_FORMAT_TMX;
constexpr auto kXliff = v1::EXCHANGE_FORMAT_XLIFF;

TEST(WriteTbxTest, TheWholeFile) {
  EXPECT_EQ(WriteExchange(kTbx, {Canada()}),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<tbx type="TBX-Basic" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2">
 <tbxHeader>
  <fileDesc>
   <sourceDesc>
    <p>Signalbook</p>
   </sourceDesc>
  </fileDesc>
 </tbxHeader>
 <text>
  <body>
   <conceptEntry id="k-1F1E8-1F1E6">
    <note>signalbook:table=names</note>
    <note>signalbook:scope=es</note>
    <note>signalbook:key=1F1E8-1F1E6</note>
    <note>signalbook:sequence=🇨🇦</note>
    <note>signalbook:source=curated</note>
    <langSec xml:lang="en">
     <termSec>
      <term>flag: Canada</term>
     </termSec>
    </langSec>
    <langSec xml:lang="es">
     <termSec>
      <term>Canadá</term>
      <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote>
      <note>as CLDR has it</note>
     </termSec>
     <termSec>
      <term>el Canadá</term>
      <termNote type="administrativeStatus">admittedTerm-admn-sts</termNote>
     </termSec>
     <termSec>
      <term>CA</term>
      <termNote type="administrativeStatus">admittedTerm-admn-sts</termNote>
     </termSec>
    </langSec>
   </conceptEntry>
  </body>
 </text>
</tbx>
)");
}

TEST(WriteTmxTest, TheWholeFile) {
  EXPECT_EQ(WriteExchange(kTmx, {Canada()}),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
 <header creationtool="signalbook" creationtoolversion="1" segtype="phrase" o-tmf="signalbook" adminlang="en" srclang="en" datatype="plaintext"></header>
 <body>
  <tu tuid="1F1E8-1F1E6">
   <prop type="x-signalbook-table">names</prop>
   <prop type="x-signalbook-scope">es</prop>
   <prop type="x-signalbook-key">1F1E8-1F1E6</prop>
   <prop type="x-signalbook-alternates">el Canadá</prop>
   <prop type="x-signalbook-alternates">CA</prop>
   <prop type="x-signalbook-sequence">🇨🇦</prop>
   <prop type="x-signalbook-source">curated</prop>
   <note>as CLDR has it</note>
   <tuv xml:lang="en">
    <seg>flag: Canada</seg>
   </tuv>
   <tuv xml:lang="es">
    <seg>Canadá</seg>
   </tuv>
  </tu>
 </body>
</tmx>
)");
}

TEST(WriteXliffTest, TheWholeFile) {
  EXPECT_EQ(WriteExchange(kXliff, {Canada()}),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0" version="2.1" srcLang="en" trgLang="es">
 <file id="signalbook">
  <unit id="k-1F1E8-1F1E6" xml:space="preserve" canResegment="no">
   <mda:metadata>
    <mda:metaGroup category="signalbook">
     <mda:meta type="table">names</mda:meta>
     <mda:meta type="scope">es</mda:meta>
     <mda:meta type="key">1F1E8-1F1E6</mda:meta>
     <mda:meta type="alternates">el Canadá</mda:meta>
     <mda:meta type="alternates">CA</mda:meta>
     <mda:meta type="source">curated</mda:meta>
    </mda:metaGroup>
   </mda:metadata>
   <notes>
    <note category="note">as CLDR has it</note>
    <note category="sequence">🇨🇦</note>
   </notes>
   <segment state="translated">
    <source>flag: Canada</source>
    <target>Canadá</target>
   </segment>
  </unit>
 </file>
</xliff>
)");
}

TEST(WriteXmlTest, LanguagesOfScopes) {
  const struct {
    v1::Table table;
    const char* scope;
    const char* source;
    const char* target;
    const char* source_text;
  } kRows[] = {
      {v1::TABLE_NAMES, "es@CN", "en", "es", "English"},
      {v1::TABLE_NAMES, "zh-Hant-TW", "en", "zh-Hant-TW", "English"},
      {v1::TABLE_TERMS, "root", "en", "und", "English"},
      {v1::TABLE_PHRASES, "de>fr", "de", "fr", "the key"},
      {v1::TABLE_NAMES, "e s", "en", "und", "English"},
  };
  for (const auto& row : kRows) {
    ExchangeRow sample = MakeRow(row.table, row.scope, "the key", "text");
    sample.english = "English";
    const std::string source = row.source, target = row.target;
    EXPECT_THAT(WriteExchange(kTmx, {sample}), HasSubstr("<tuv xml:lang=\"" + target + "\">"))
        << row.scope;
    EXPECT_THAT(WriteExchange(kTmx, {sample}), HasSubstr("srclang=\"" + source + "\""))
        << row.scope;
    EXPECT_THAT(WriteExchange(kTbx, {sample}), HasSubstr("<langSec xml:lang=\"" + target + "\">"))
        << row.scope;
    EXPECT_THAT(WriteExchange(kXliff, {sample}),
                HasSubstr("srcLang=\"" + source + "\" trgLang=\"" + target + "\""))
        << row.scope;
    EXPECT_THAT(WriteExchange(kXliff, {sample}),
                HasSubstr("<source>"s + row.source_text + "</source>"))
        << row.scope;
  }
}

// A concept has one section a language: terminology programs would put the terms of two together.
TEST(WriteTbxTest, EnglishNamesHaveNoOtherEnglish) {
  ExchangeRow row = MakeRow(v1::TABLE_NAMES, "en", "2764", "red heart");
  row.english = "heart";
  const std::string tbx = WriteExchange(kTbx, {row});
  EXPECT_EQ(tbx.find("<langSec"), tbx.rfind("<langSec")) << tbx;
  EXPECT_THAT(ReadShown(kTbx, tbx), ElementsAre(Shown(row)));
}

TEST(WriteXmlTest, WhatXmlCannotHoldIsEscaped) {
  for (const auto format : {kTbx, kTmx, kXliff}) {
    const std::string xml = WriteExchange(
        format, {MakeRow(v1::TABLE_NAMES, "es", "a b_1é\n", "\x1F\r\uFFFE␛&<>\"'\t")});
    EXPECT_THAT(xml, HasSubstr(">␛{1f}␛{d}␛{fffe}␛{241b}&amp;&lt;&gt;\"'\t<"));
    if (format == kTmx) {
      EXPECT_THAT(xml, HasSubstr("tuid=\"a b_1é&#10;\""));
    } else {
      EXPECT_THAT(xml, HasSubstr("id=\"k-a_20_b_5f_1_e9__a_\""));
    }
  }
}

}  // namespace
}  // namespace signalbook
