#include "service/http/libretranslate_html.h"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "service/strings.h"

namespace signalbook {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr std::string_view kSpace = " \t\n\f\r";

// Elements whose content is no markup, wherever they stand in HTML.
constexpr std::array<std::string_view, 4> kRawText = {"script", "style", "textarea", "title"};
// Likewise, but not for every parser: without scripts, in an old one, in one that cleans HTML.
constexpr std::array<std::string_view, 5> kSometimesRawText = {"iframe", "noembed", "noframes",
                                                               "noscript", "xmp"};
// Inside of these, raw text may be markup after all.
constexpr std::array<std::string_view, 4> kUnsettling = {"frameset", "math", "select", "svg"};
constexpr std::array<std::string_view, 2> kCode = {"code", "pre"};
// Elements without content or end tag.
constexpr std::array<std::string_view, 18> kVoid = {
    "area", "base",  "basefont", "bgsound", "br",   "col",   "embed",  "frame", "hr",
    "img",  "input", "keygen",   "link",    "meta", "param", "source", "track", "wbr"};

template <size_t kSize>
bool IsOneOf(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsSpace(char c) { return kSpace.find(c) != kNone; }
bool IsLetter(std::string_view html, size_t at) {
  return at < html.size() && absl::ascii_isalpha(static_cast<unsigned char>(html[at]));
}

struct Tag {
  std::string name;  // lower case
  bool closing = false;
  bool keep = false;  // translate="no" or class="notranslate"
  size_t end = 0;     // behind ">"
};

class TagReader {
 public:
  // `at`: of "<a" or "</a".
  TagReader(std::string_view html, size_t at) : html_(html), at_(at + 1) {}

  // nullopt: it does not end.
  std::optional<Tag> Read() {
    tag_.closing = html_[at_] == '/';
    if (tag_.closing) ++at_;
    tag_.name = absl::AsciiStrToLower(AsAbsl(Until(" \t\n\f\r/>")));
    while (true) {
      at_ = std::min(html_.find_first_not_of(" \t\n\f\r/", at_), html_.size());
      if (at_ == html_.size()) return std::nullopt;
      if (html_[at_] == '>') break;
      if (!ReadAttribute()) return std::nullopt;
    }
    tag_.end = at_ + 1;
    return std::move(tag_);
  }

 private:
  std::string_view Until(std::string_view ends) {
    const size_t begin = at_;
    at_ = std::min(html_.find_first_of(ends, at_), html_.size());
    return html_.substr(begin, at_ - begin);
  }

  bool ReadAttribute() {
    const size_t begin = at_++;  // the first character of a name may be "="
    Until(" \t\n\f\r/>=");
    const std::string name = absl::AsciiStrToLower(AsAbsl(html_.substr(begin, at_ - begin)));
    const size_t equals = html_.find_first_not_of(kSpace, at_);
    if (equals == kNone || html_[equals] != '=') return true;
    at_ = html_.find_first_not_of(kSpace, equals + 1);
    if (at_ == kNone) return false;
    std::string_view value;
    if (html_[at_] == '"' || html_[at_] == '\'') {
      const char quote = html_[at_++];
      value = Until({&quote, 1});
      if (at_ == html_.size()) return false;
      ++at_;
    } else {
      value = Until(" \t\n\f\r>");
    }
    Judge(name, value);
    return true;
  }

  // Of two attributes of a name, the first counts.
  void Judge(const std::string& name, std::string_view value) {
    if (name == "translate" && !std::exchange(has_translate_, true)) {
      tag_.keep |= absl::EqualsIgnoreCase(AsAbsl(value), "no");
    } else if (name == "class" && !std::exchange(has_class_, true)) {
      for (const absl::string_view one :
           absl::StrSplit(AsAbsl(value), absl::ByAnyChar(" \t\n\f\r"))) {
        tag_.keep |= absl::EqualsIgnoreCase(one, "notranslate");
      }
    }
  }

  const std::string_view html_;
  size_t at_;
  Tag tag_;
  bool has_translate_ = false;
  bool has_class_ = false;
};

// What a reference in a text says: itself, if it is none.
std::string Decoded(std::string_view reference) {
  GumboOptions options = kGumboDefaultOptions;
  options.fragment_context = GUMBO_TAG_DIV;
  GumboOutput* const output =
      gumbo_parse_with_options(&options, reference.data(), reference.size());
  std::string text;
  const GumboVector& nodes = output->root->v.element.children;
  for (unsigned i = 0; i < nodes.length; ++i) {
    const auto* node = static_cast<const GumboNode*>(nodes.data[i]);
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE) {
      text += node->v.text.text;
    }
  }
  gumbo_destroy_output(&options, output);
  return text;
}

// The end of what may be a reference: "&eacute;" or "&#233;", and the ";" may be missing.
size_t ReferenceEnd(std::string_view html, size_t at) {
  ++at;
  if (at < html.size() && html[at] == '#') ++at;
  while (at < html.size() && absl::ascii_isalnum(static_cast<unsigned char>(html[at]))) ++at;
  return at < html.size() && html[at] == ';' ? at + 1 : at;
}

HtmlText ReadText(std::string_view html, ByteRange range) {
  HtmlText text{.html = range};
  const std::string_view raw = html.substr(0, range.end);
  size_t at = range.begin;
  while (at < range.end) {
    const size_t reference = std::min(raw.find('&', at), range.end);
    text.text.append(raw.substr(at, reference - at));
    if (reference == range.end) break;
    at = ReferenceEnd(raw, reference);
    const size_t begin = text.text.size();
    text.text += Decoded(raw.substr(reference, at - reference));
    text.references.push_back({{begin, text.text.size()}, {reference, at}});
  }
  return text;
}

class Scanner {
 public:
  explicit Scanner(std::string_view html) : html_(html) {}

  std::vector<HtmlText> Scan() {
    size_t text = 0;  // where the text began that goes on to `at`
    size_t at = 0;
    while ((at = html_.find('<', at)) != kNone) {
      const ByteRange before{text, at};
      const bool is_text = kept_.empty();  // the markup may change that
      const size_t end = MarkupEnd(at);
      if (end == at) {
        ++at;
        continue;
      }
      if (is_text) Add(before);
      if (end == kNone) return std::move(texts_);
      text = at = end;
    }
    if (kept_.empty()) Add({text, html_.size()});
    return std::move(texts_);
  }

 private:
  // Where the markup at "<" ends; `at` itself: it is none; kNone: nothing behind it is text.
  size_t MarkupEnd(size_t at) {
    const std::string_view rest = html_.substr(at);
    if (IsLetter(html_, at + 1)) return OpeningEnd(at);
    if (rest.starts_with("</")) {
      if (!IsLetter(html_, at + 2)) return CommentEnd(at);
      const std::optional<Tag> tag = TagReader(html_, at).Read();
      if (!tag) return kNone;
      Close(*tag);
      return tag->end;
    }
    if (rest.starts_with("<!") || rest.starts_with("<?")) return CommentEnd(at);
    return at;
  }

  // Of a comment, or of what browsers take for one: "<!doctype html>", "<?xml?>", "</3>".
  size_t CommentEnd(size_t at) const {
    const std::string_view rest = html_.substr(at);
    if (!rest.starts_with("<!--")) {
      if (unsettled_ && rest.starts_with("<![")) return kNone;
      const size_t end = rest.find('>');
      return end == kNone ? kNone : at + end + 1;
    }
    // "<!-->" and "<!--->" are whole comments.
    for (size_t dashes = 2; (dashes = rest.find("--", dashes)) != kNone; ++dashes) {
      if (rest.substr(dashes).starts_with("-->")) return at + dashes + 3;
      if (dashes >= 4 && rest.substr(dashes).starts_with("--!>")) return at + dashes + 4;
    }
    return kNone;
  }

  size_t OpeningEnd(size_t at) {
    const std::optional<Tag> tag = TagReader(html_, at).Read();
    if (!tag || tag->name == "plaintext") return kNone;
    Open(*tag);
    unsettled_ |= IsOneOf(kUnsettling, tag->name);
    const bool certain = IsOneOf(kRawText, tag->name);
    if (!certain && !IsOneOf(kSometimesRawText, tag->name)) return tag->end;

    const size_t close = FindClosing(tag->name, tag->end);
    if (close == kNone) return kNone;
    const std::string_view content = html_.substr(tag->end, close - tag->end);
    if ((unsettled_ || !certain) && content.find('<') != kNone) return kNone;
    // "<!--<script>" hides the next "</script>".
    if (tag->name == "script" && content.find("<!--") != kNone) return kNone;
    const std::optional<Tag> closing = TagReader(html_, close).Read();
    if (!closing) return kNone;
    Close(*closing);
    return closing->end;
  }

  size_t FindClosing(const std::string& name, size_t at) const {
    while ((at = html_.find("</", at)) != kNone) {
      const size_t end = at + 2 + name.size();
      if (end < html_.size() &&
          absl::EqualsIgnoreCase(AsAbsl(html_.substr(at + 2, name.size())), name) &&
          (IsSpace(html_[end]) || html_[end] == '/' || html_[end] == '>')) {
        return at;
      }
      ++at;
    }
    return kNone;
  }

  // Elements of the same name inside of a kept one are counted, so that its own end is found.
  void Open(const Tag& tag) {
    if (IsOneOf(kVoid, tag.name)) return;
    if (kept_.empty() && (tag.keep || IsOneOf(kCode, tag.name))) kept_ = tag.name;
    if (tag.name == kept_) ++depth_;
  }
  void Close(const Tag& tag) {
    if (tag.name == kept_ && --depth_ == 0) kept_.clear();
  }

  void Add(ByteRange range) {
    while (!range.empty() && IsSpace(html_[range.begin])) ++range.begin;
    while (!range.empty() && IsSpace(html_[range.end - 1])) --range.end;
    HtmlText text = ReadText(html_, range);
    const bool is_white = std::all_of(text.text.begin(), text.text.end(), IsSpace);
    if (!is_white) texts_.push_back(std::move(text));
  }

  const std::string_view html_;
  std::vector<HtmlText> texts_;
  bool unsettled_ = false;
  std::string kept_;  // the name of the element that is left as it is; empty: none
  int depth_ = 0;
};

void AppendEscaped(std::string_view text, std::string* html) {
  for (const char c : text) {
    switch (c) {
      case '&':
        *html += "&amp;";
        break;
      case '<':
        *html += "&lt;";
        break;
      case '>':
        *html += "&gt;";
        break;
      default:
        *html += c;
    }
  }
}

}  // namespace

std::vector<HtmlText> FindTexts(std::string_view html) { return Scanner(html).Scan(); }

ByteRange ToHtml(const HtmlText& text, ByteRange range) {
  // From the reference before or around `offset`, or from the start.
  const auto to_html = [&text](size_t offset, bool is_end) {
    ByteRange last_text;
    ByteRange last_html{text.html.begin, text.html.begin};
    const auto next = std::partition_point(
        text.references.begin(), text.references.end(), [&](const HtmlText::Reference& each) {
          return is_end ? each.text.begin < offset : each.text.begin <= offset;
        });
    if (next != text.references.begin()) {
      last_text = std::prev(next)->text;
      last_html = std::prev(next)->html;
    }
    if (offset >= last_text.end) return last_html.end + (offset - last_text.end);
    return is_end ? last_html.end : last_html.begin;
  };
  const size_t begin = to_html(range.begin, false);
  return {begin, range.empty() ? begin : to_html(range.end, true)};
}

std::string ReplaceTexts(std::string_view html, const std::vector<HtmlText>& texts,
                         const std::vector<std::string_view>& replacements) {
  std::string result;
  result.reserve(html.size() + html.size() / 4);
  size_t at = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (replacements[i] == texts[i].text) continue;
    result += html.substr(at, texts[i].html.begin - at);
    AppendEscaped(replacements[i], &result);
    at = texts[i].html.end;
  }
  result += html.substr(at);
  return result;
}

}  // namespace signalbook
