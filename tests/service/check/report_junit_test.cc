// JUnit XML as its readers see it.
#include <expat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/service/check/report_samples.h"

namespace signalbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<Element> children;

  int Number(const std::string& attribute) const { return std::stoi(attributes.at(attribute)); }
};

void Begin(void* path, const XML_Char* name, const XML_Char** attributes) {
  auto* open = static_cast<std::vector<Element>*>(path);
  open->push_back({.name = name});
  for (; *attributes != nullptr; attributes += 2) {
    open->back().attributes[attributes[0]] = attributes[1];
  }
}
void End(void* path, const XML_Char*) {
  auto* open = static_cast<std::vector<Element>*>(path);
  Element closed = std::move(open->back());
  open->pop_back();
  open->back().children.push_back(std::move(closed));
}
void Text(void* path, const XML_Char* text, int length) {
  static_cast<std::vector<Element>*>(path)->back().text.append(text, static_cast<size_t>(length));
}

// The root; fails the test where the text is not well-formed.
Element Parse(const std::string& xml) {
  std::vector<Element> open(1);
  const XML_Parser parser = XML_ParserCreate("UTF-8");
  XML_SetUserData(parser, &open);
  XML_SetElementHandler(parser, Begin, End);
  XML_SetCharacterDataHandler(parser, Text);
  const bool good = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
  EXPECT_TRUE(good) << XML_ErrorString(XML_GetErrorCode(parser)) << " in line "
                    << XML_GetCurrentLineNumber(parser);
  XML_ParserFree(parser);
  return good ? open[0].children.at(0) : Element{};
}

std::vector<std::string> NamesOf(const Element& suite) {
  std::vector<std::string> names;
  for (const Element& test : suite.children) names.push_back(test.attributes.at("name"));
  return names;
}

TEST(JunitReportTest, ASuiteACorpus) {
  CaseResult two_findings = Failed("both");
  two_findings.findings.push_back({"law/copy", "a copy is not its source", "", ""});
  // The third case comes back to the first file.
  const Element root =
      Parse(Report("junit", {Passed("one"), Failed("two"), BadLine{"b.tsv", 7, "no \"source\""},
                             Passed("three", "b.tsv"), two_findings}));
  EXPECT_EQ(root.name, "testsuites");
  EXPECT_EQ(root.Number("tests"), 5);
  EXPECT_EQ(root.Number("failures"), 2);
  EXPECT_EQ(root.Number("errors"), 1);
  ASSERT_EQ(root.children.size(), 2u);

  const Element& a = root.children[0];
  EXPECT_EQ(a.attributes.at("name"), "a.jsonl");
  EXPECT_EQ(a.Number("tests"), 3);
  EXPECT_EQ(a.Number("failures"), 2);
  EXPECT_EQ(a.Number("errors"), 0);
  EXPECT_THAT(NamesOf(a), ElementsAre("one", "two", "both"));
  EXPECT_TRUE(a.children[0].children.empty());
  const Element& failure = a.children[1].children.at(0);
  EXPECT_EQ(failure.name, "failure");
  EXPECT_EQ(failure.attributes.at("type"), "expect/contains");
  EXPECT_EQ(failure.attributes.at("message"), "\"Canada\" does not stand in the translation");
  for (const std::string part :
       {"a.jsonl:2", "expected  Canada\n", "actual    He's in prison.\n",
        "source  他在🇨🇦 [U+1F1E8 U+1F1E6]等你。\n", "output  He's in prison.\n"}) {
    EXPECT_THAT(failure.text, HasSubstr(part));
  }
  ASSERT_EQ(a.children[2].children.size(), 1u) << "GitLab reads one failure a test case";
  EXPECT_THAT(a.children[2].children[0].text, HasSubstr("law/copy: a copy is not its source"));

  const Element& b = root.children[1];
  EXPECT_EQ(b.attributes.at("name"), "b.tsv");
  EXPECT_EQ(b.Number("tests"), 2);
  EXPECT_EQ(b.Number("errors"), 1);
  EXPECT_THAT(NamesOf(b), ElementsAre("line 7", "three"));
  EXPECT_EQ(b.children[0].children.at(0).name, "error");
  EXPECT_EQ(b.children[0].children.at(0).attributes.at("message"), "no \"source\"");
}

TEST(JunitReportTest, WhatXmlForbidsIsShownOtherwise) {
  const Element root = Parse(Report("junit", {Hostile()}));
  const Element& test = root.children.at(0).children.at(0);
  EXPECT_THAT(test.attributes.at("name"), HasSubstr("]]>&<script>alert('1')</script>\"\\x0D\\x0A"));
  EXPECT_THAT(test.children.at(0).text, HasSubstr("\uFFFD\uFFFD [U+FFFE U+FFFF"));
}

TEST(JunitReportTest, NamesAreUnique) {
  const Element root = Parse(Report(
      "junit", {Passed("x"), Passed("x"), Passed("x (2)"), Failed("x"), Passed("x", "b.tsv")}));
  EXPECT_THAT(NamesOf(root.children.at(0)), ElementsAre("x", "x (2)", "x (2) (2)", "x (3)"));
  EXPECT_THAT(NamesOf(root.children.at(1)), ElementsAre("x"));
}

TEST(JunitReportTest, PassesAreCountedBeyondTheFirst) {
  std::vector<Entry> entries;
  for (int i = 0; i < kMostListedPasses + 5; ++i) entries.push_back(Passed(StrCat("case ", i)));
  entries.push_back(Failed("last"));
  entries.push_back(Passed("other", "b.tsv"));
  const Element root = Parse(Report("junit", entries));
  const Element& a = root.children.at(0);
  EXPECT_EQ(a.Number("tests"), kMostListedPasses + 6) << "what ran, not what is listed";
  EXPECT_EQ(a.children.size(), static_cast<size_t>(kMostListedPasses) + 2);
  EXPECT_EQ(a.children.back().attributes.at("name"), "and 5 more passed");
  EXPECT_TRUE(a.children.back().children.empty());
  EXPECT_THAT(NamesOf(root.children.at(1)), ElementsAre("and 1 more passed"));
}

TEST(JunitReportTest, PassesThatARecordDoesNotListAreCounted) {
  RunSummary summary;
  summary.passed = 1002;
  for (const bool two_corpora : {false, true}) {
    std::vector<Entry> entries = {Passed("one"), Passed("two", two_corpora ? "b.tsv" : "a.jsonl")};
    const Element root = Parse(Report("junit", entries, summary));
    EXPECT_EQ(root.Number("tests"), 1002);
    EXPECT_EQ(root.children.size(), two_corpora ? 3u : 1u);
    EXPECT_EQ(root.children.back().children.back().attributes.at("name"), "and 1000 more passed");
  }
}

TEST(JunitReportTest, IsNeverLargerThanGitLabTakes) {
  CaseResult big = Failed("big");
  big.findings.assign(10, {"rule", "message", std::string(4000, '\x01'), std::string(4000, '<')});
  std::vector<Entry> entries(150, big);
  // So many corpora that their heads alone would be too much.
  for (int i = 0; i < 25'000; ++i) entries.push_back(Failed("one", StrCat("corpus ", i)));
  entries.push_back(BadLine{"a.jsonl", 7, "what"});
  const std::string xml = Report("junit", entries);
  EXPECT_LT(xml.size(), 30'000'000u);
  EXPECT_GT(xml.size(), 28'000'000u);
  const Element root = Parse(xml);
  EXPECT_EQ(root.Number("failures"), 25'150);
  EXPECT_EQ(root.Number("tests"), 25'151);
  int failures = 0, listed = 0;
  for (const Element& suite : root.children) {
    failures += suite.Number("failures");
    for (const Element& test : suite.children) {
      const std::string& name = test.attributes.at("name");
      if (test.children.at(0).name != "failure") continue;
      EXPECT_EQ(test.children[0].name, "failure");
      const bool rest = name.ends_with(" more failures");
      listed += rest ? std::stoi(name.substr(4)) : 1;
    }
  }
  EXPECT_EQ(failures, 25'150);
  EXPECT_EQ(listed, 25'150) << "each is listed or counted";
}

}  // namespace
}  // namespace signalbook::check
