#include "service/http/libretranslate_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace signalbook {
namespace {

using ::testing::ElementsAreArray;

std::vector<std::string> TextsOf(std::string_view html) {
  std::vector<std::string> texts;
  for (const HtmlText& text : FindTexts(html)) texts.push_back(text.text);
  return texts;
}

// Each text replaced by what `change` makes of it.
template <typename Change>
std::string Replaced(std::string_view html, Change change) {
  const std::vector<HtmlText> texts = FindTexts(html);
  std::vector<std::string> changed;
  changed.reserve(texts.size());
  for (const HtmlText& text : texts) changed.push_back(change(text.text));
  return ReplaceTexts(html, texts, {changed.begin(), changed.end()});
}

TEST(LibreTranslateHtmlTest, WhatIsText) {
  struct Case {
    const char* what;
    const char* html;
    std::vector<std::string> texts;
  };
  const Case cases[] = {
      {"nothing", "", {}},
      {"no markup", "Hi 🇨🇦", {"Hi 🇨🇦"}},
      {"between tags", "<p>One <b>two</b> three</p>", {"One", "two", "three"}},
      {"a post of Mastodon's",
       "<p><span class=\"h-card\" translate=\"no\"><a "
       "href=\"https://a.example/@b\">@<span>b</span></a></span> good "
       "morning<br />:)</p>",
       {"good morning", ":)"}},
      {"white space alone", "<ul>\n <li>a</li>\n</ul>\n", {"a"}},
      {"white space as references", "<p>&#32;&Tab;</p>", {}},
      {"white space inside", "<p>\n a\n b\n</p>", {"a\n b"}},
      {"references",
       "Tom &amp; J&eacute;r&ocirc;me &lt;3 &#x1F1E8;&#127462;",
       {"Tom & Jérôme <3 🇨🇦"}},
      {"references without a semicolon", "a &lt b &copy c &notit;", {"a < b © c ¬it;"}},
      {"what is no reference", "AT&T &nosuch; &; && &#;", {"AT&T &nosuch; &; && &#;"}},
      {"brackets that are text", "a < b, <3, a<", {"a < b, <3, a<"}},
      {"tags in attributes", "<a title=\"<b>\" alt='x > y' href=/a>b</a>", {"b"}},
      {"quotes in an unquoted value", "<a href=x\"y>z\" >b</a>", {"z\" >b"}},
      {"an attribute called =", "<a =\">b\">c</a>", {"b\">c"}},
      {"an empty value", "<a title=>b</a>", {"b"}},
      {"capitals", "<P>a<SCRIPT>b</Script>c</P>", {"a", "c"}},
      {"a comment", "a<!-- b > <p> -- -->c", {"a", "c"}},
      {"short comments", "a<!-->b<!--->c<!---->d<!--!>e--!>f", {"a", "b", "c", "d", "f"}},
      {"what is taken for a comment",
       "a<!b>c<?d e>f</ g>h</>i<![CDATA[j]]>k",
       {"a", "c", "f", "h", "i", "k"}},
      {"a document",
       "<!DOCTYPE html><html><head><title>a</title><style>b{}</style></head><body>c</body></html>",
       {"c"}},
      {"scripts", "a<script>if (b<c) \"</p>\"</script>d<script/>e</script >f", {"a", "d", "f"}},
      {"a script that hides its end", "a<script><!--<script></script>b</script>c", {"a"}},
      {"no end tag of a script", "a<script>b</scripts>c", {"a"}},
      {"what people type in", "<textarea>a</textarea>b", {"b"}},
      {"code", "a<pre>b<i>c</i></pre>d<code>e</code>f", {"a", "d", "f"}},
      {"elements of the same name inside",
       "<div class=\"x NoTranslate\"><div>a</div>b</div>c<div class=notranslates>d</div>",
       {"c", "d"}},
      {"translate=NO without quotes",
       "<b translate=NO>a</b>b<b translate=\"yes\">c</b>",
       {"b", "c"}},
      {"the first of two attributes counts", "<b translate=yes translate=no>a</b>", {"a"}},
      {"an empty element does not go on",
       "a<img class=notranslate>b<br translate=no>c",
       {"a", "b", "c"}},
      {"a kept element without end", "a<p translate=no>b<p>c</p>d", {"a"}},
      {"an end tag that nothing began", "a</code>b", {"a", "b"}},
      {"half a tag at the end", "a<b title=\"c", {"a"}},
      {"half an end tag", "a</b", {"a"}},
      {"half a comment", "a<!-- b", {"a"}},
      {"an icon", "<svg class=icon><use href=\"#x\"></use></svg>a", {"a"}},
      {"raw text in a picture may be markup", "a<svg><style><b title=\"</style>\">c", {"a"}},
      {"a list of choices, too", "a<select><style><b title=\"</style>\">c", {"a"}},
      {"a frame without content", "a<iframe src=x></iframe>b", {"a", "b"}},
      {"with scripts, noscript is raw text", "a<noscript><b title=\"</noscript>\">c", {"a"}},
      {"all that follows is text to a browser", "a<plaintext>b</plaintext>c", {"a"}},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(TextsOf(c.html), ElementsAreArray(c.texts)) << c.what;
    EXPECT_EQ(Replaced(c.html, [](const std::string& text) { return text; }), c.html) << c.what;
  }
}

TEST(LibreTranslateHtmlTest, RangesLeadBackToTheHtml) {
  //                              0  3     9     15   20
  constexpr std::string_view kHtml = "<p> Tom &amp; J&eacute;r <b>x</b>";
  const std::vector<HtmlText> texts = FindTexts(kHtml);
  ASSERT_EQ(texts.size(), 2);
  ASSERT_EQ(texts[0].text, "Tom & Jér");
  struct Case {
    const char* what;
    ByteRange text;
    std::string_view html;
  };
  const Case cases[] = {
      {"all of it", {0, 10}, "Tom &amp; J&eacute;r"},
      {"before any reference", {0, 3}, "Tom"},
      {"up to one", {0, 4}, "Tom "},
      {"one", {4, 5}, "&amp;"},
      {"between two", {5, 7}, " J"},
      {"half of what one stands for: its first byte", {6, 8}, "J&eacute;"},
      {"half of what one stands for: its second byte", {8, 10}, "&eacute;r"},
      {"behind the last", {9, 10}, "r"},
      {"nothing", {5, 5}, ""},
  };
  for (const Case& c : cases) {
    const ByteRange range = ToHtml(texts[0], c.text);
    ASSERT_LE(range.begin, range.end) << c.what;
    EXPECT_EQ(range.of(kHtml), c.html) << c.what;
  }
  EXPECT_EQ(ToHtml(texts[1], {0, 1}).of(kHtml), "x");
  EXPECT_EQ(ToHtml(texts[1], {0, 1}).begin, kHtml.find("x<"));
}

TEST(LibreTranslateHtmlTest, OtherTextIsEscaped) {
  struct Case {
    const char* what;
    const char* html;
    std::string replacement;
    std::string result;
  };
  const Case cases[] = {
      {"plain", "<p>\n Hi </p>", "Hola", "<p>\n Hola </p>"},
      {"a tag", "<p>a</p>", "<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"},
      {"a reference", "<p>a</p>", "&lt;b&gt;", "<p>&amp;lt;b&amp;gt;</p>"},
      {"a reference, translated", "AT&amp;T &quot;rocks&quot;", "AT&T \"mola\"",
       "AT&amp;T \"mola\""},
      {"the same text keeps its references", "<p>AT&amp;T &nbsp;<b></p>", "AT&T \u00A0",
       "<p>AT&amp;T &nbsp;<b></p>"},
      {"the same text keeps its lone brackets", "1 < 2", "1 < 2", "1 < 2"},
      {"no text", "<p>a</p>", "", "<p></p>"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Replaced(c.html, [&](const std::string&) { return c.replacement; }), c.result)
        << c.what;
  }
}

// What a parser that knows the whole of HTML sees, but for the texts.
class Tree {
 public:
  Tree(const std::string& html, GumboTag context) {
    GumboOptions options = kGumboDefaultOptions;
    options.fragment_context = context;
    // A fragment's quirks mode is whatever stood in the memory before.
    options.allocator = [](void*, size_t size) { return std::calloc(1, size); };
    options.deallocator = [](void*, void* memory) { std::free(memory); };
    GumboOutput* const output = gumbo_parse_with_options(&options, html.data(), html.size());
    Add(*output->root, /*is_raw=*/false);
    gumbo_destroy_output(&options, output);
  }
  const std::string& text() const { return text_; }

 private:
  static bool IsRaw(const GumboElement& element) {
    constexpr std::array kRaw = {GUMBO_TAG_SCRIPT,   GUMBO_TAG_STYLE,    GUMBO_TAG_TEXTAREA,
                                 GUMBO_TAG_TITLE,    GUMBO_TAG_IFRAME,   GUMBO_TAG_NOEMBED,
                                 GUMBO_TAG_NOFRAMES, GUMBO_TAG_NOSCRIPT, GUMBO_TAG_XMP,
                                 GUMBO_TAG_PLAINTEXT};
    return std::find(kRaw.begin(), kRaw.end(), element.tag) != kRaw.end();
  }

  void Add(const GumboNode& node, bool is_raw) {
    switch (node.type) {
      case GUMBO_NODE_ELEMENT:
      case GUMBO_NODE_TEMPLATE: {
        const GumboElement& element = node.v.element;
        text_ += "(";
        text_ += gumbo_normalized_tagname(element.tag);
        for (unsigned i = 0; i < element.attributes.length; ++i) {
          const auto& attribute = *static_cast<const GumboAttribute*>(element.attributes.data[i]);
          text_ += std::string(" ") + attribute.name + "=\"" + attribute.value + "\"";
        }
        for (unsigned i = 0; i < element.children.length; ++i) {
          Add(*static_cast<const GumboNode*>(element.children.data[i]), IsRaw(element));
        }
        text_ += ")";
        break;
      }
      case GUMBO_NODE_COMMENT:
        text_ += std::string("!") + node.v.text.text;
        break;
      default:
        if (is_raw) text_ += node.v.text.text;
    }
  }

  std::string text_;
};

std::string RandomHtml(std::mt19937* random) {
  constexpr std::string_view kParts[] = {"<b>",
                                         "</b>",
                                         "<p>",
                                         "</p>",
                                         "<br/>",
                                         "<i title='>'>",
                                         "<a href=\"x\">",
                                         "</a>",
                                         "<div class=\"",
                                         "<div ",
                                         "translate=no",
                                         "notranslate",
                                         "<span translate=\"no\">",
                                         "</span>",
                                         "</div>",
                                         "<table>",
                                         "<tr>",
                                         "<td>",
                                         "</table>",
                                         "<ul><li>",
                                         "<script>",
                                         "</script>",
                                         "<!--",
                                         "-->",
                                         "--!>",
                                         "-",
                                         "!",
                                         "<svg>",
                                         "</svg>",
                                         "<style>",
                                         "</style>",
                                         "<b title=\"</style>\">",
                                         "<b title=\"</script>\">",
                                         "<b title=\"</svg>\">",
                                         "<select>",
                                         "</select>",
                                         "<option>",
                                         "<textarea>",
                                         "</textarea>",
                                         "<b title='</textarea>'>",
                                         "<title>",
                                         "</title>",
                                         "<math>",
                                         "<mtext>",
                                         "<desc>",
                                         "<foreignObject>",
                                         "<iframe>",
                                         "</iframe>",
                                         "<noscript>",
                                         "</noscript>",
                                         "<xmp>",
                                         "</xmp>",
                                         "<noembed>",
                                         "<noframes>",
                                         "<plaintext>",
                                         "<template>",
                                         "</template>",
                                         "<frameset>",
                                         "<body>",
                                         "<head>",
                                         "</html>",
                                         "<!DOCTYPE html>",
                                         "<![CDATA[",
                                         "]]>",
                                         "<?x",
                                         "</3",
                                         "</",
                                         "<",
                                         ">",
                                         "\"",
                                         "'",
                                         "=",
                                         "/",
                                         "&",
                                         "&amp;",
                                         "&lt",
                                         "&#x1F600;",
                                         "&nbsp;",
                                         ";",
                                         "word",
                                         "a b",
                                         "é",
                                         "🇨🇦",
                                         "👩‍🚀",
                                         "10",
                                         " ",
                                         "\n",
                                         "\t"};
  std::string html;
  for (size_t count = 1 + (*random)() % 14; count > 0; --count) {
    html += kParts[(*random)() % std::size(kParts)];
  }
  return html;
}

TEST(LibreTranslateHtmlTest, RandomHtmlKeepsItsMarkup) {
  std::mt19937 random(20191213);
  for (int round = 0; round < 20'000; ++round) {
    const std::string html = RandomHtml(&random);
    ASSERT_EQ(Replaced(html, [](const std::string& text) { return text; }), html);

    const std::string hostile = "</b><script>x</script><!--\"'> ]]> &lt; </style><a title=\"";
    const std::string result = Replaced(html, [&](const std::string&) { return hostile; });
    // Byte for byte outside of the texts.
    const std::vector<HtmlText> before = FindTexts(html);
    const std::vector<HtmlText> after = FindTexts(result);
    ASSERT_EQ(before.size(), after.size()) << html;
    size_t at = 0;
    size_t at_after = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      ASSERT_EQ(html.substr(at, before[i].html.begin - at),
                result.substr(at_after, after[i].html.begin - at_after))
          << html;
      ASSERT_EQ(after[i].text, hostile) << html;
      at = before[i].html.end;
      at_after = after[i].html.end;
    }
    ASSERT_EQ(html.substr(at), result.substr(at_after)) << html;
    // And a parser that knows nothing of this sees the same elements.
    for (const GumboTag context : {GUMBO_TAG_LAST, GUMBO_TAG_DIV}) {
      ASSERT_EQ(Tree(html, context).text(), Tree(result, context).text()) << html;
    }
  }
}

// Whatever of it is looked for only once is not looked for from every "<".
TEST(LibreTranslateHtmlTest, LongHtmlTakesNoTime) {
  for (const std::string_view part :
       {"<", "<!---->", "<b>", "&a", "<script></script>", "</", "<a b='", "<!-", "<code>"}) {
    std::string html;
    while (html.size() < (size_t{1} << 20)) html += part;
    EXPECT_EQ(Replaced(html, [](const std::string& text) { return text; }), html);
  }
}

}  // namespace
}  // namespace signalbook
