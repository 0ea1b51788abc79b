// HTML messages: which bytes are text that people read, and the HTML with other text in their place.
//
// What stands between two tags is one text, so "He <b>won</b>" is two, each translated on its own. White space
// at either end of a text is left out of it, and what is only white space is no text:
//
//   "<p> Hi &amp; <b>bye</b></p>"   texts "Hi &" from [4,12) and "bye" from [16,19)
//
// No text: attributes, comments; what is inside of script, style, textarea, title, code, pre, of an element with
// translate="no" or of the class notranslate. Nothing makes a part of such an element text again, and one without
// an end tag goes on to the end.
//
// Tags are read as browsers read them (https://html.spec.whatwg.org/multipage/parsing.html#tokenization). Where a
// browser's reading depends on more than that (raw text inside of svg or select; noscript) there is no text from
// there on: what is not touched cannot become markup. Gumbo, which decodes the references, could not do this: its
// texts swallow the tags that it ignores, and there is HTML on which it aborts.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_HTTP_LIBRETRANSLATE_HTML_H_
#define SIGNALBOOK_SERVICE_HTTP_LIBRETRANSLATE_HTML_H_

#include <string>
#include <string_view>
#include <vector>

#include "translator/text.h"

namespace signalbook {

struct HtmlText {
  struct Reference {  // "&amp;"
    ByteRange text;
    ByteRange html;
  };
  ByteRange html;                     // where it stands
  std::string text;                   // what it says: character references are decoded
  std::vector<Reference> references;  // in order
};

// In order; no two overlap. Precondition: UTF-8.
std::vector<HtmlText> FindTexts(std::string_view html);

// The bytes of the HTML that `range` of `text.text` came from. One that cuts through what a reference stands for
// has all of it.
ByteRange ToHtml(const HtmlText& text, ByteRange range);

// `html` with `replacements[i]` in place of `texts[i]`, which FindTexts found in it. A replacement that says the
// same leaves the bytes as they are; in any other "&", "<" and ">" are escaped, so that it is text and nothing
// else. Precondition: one replacement for each text.
std::string ReplaceTexts(std::string_view html, const std::vector<HtmlText>& texts,
                         const std::vector<std::string_view>& replacements);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_LIBRETRANSLATE_HTML_H_
