// XML as TBX, TMX and XLIFF need it: a writer, and a reader that gives one row's elements at a time.
//
// XML 1.0 cannot hold every character, and parsers make LF of CR. Both are written with U+241B, "␛", which no
// name needs: ␛{1f} is U+001F, ␛{d} is CR, ␛{241b} is "␛" itself. Hexadecimal, 1 to 6 digits; "␛" before anything
// else stands for itself.
//
// Thread rule: pure functions; a writer is for one thread.
#ifndef SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_XML_H_
#define SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_XML_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace signalbook::exchange {

using XmlAttributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Names are literals; texts are UTF-8.
class XmlWriter {
 public:
  XmlWriter() : xml_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

  void Open(std::string_view name, XmlAttributes attributes = {});
  void Close();
  // An element that holds text alone, to which no white space is added.
  void Text(std::string_view name, XmlAttributes attributes, std::string_view text);
  // Every element must be closed.
  std::string Finish() && { return std::move(xml_); }

 private:
  void Begin(std::string_view name, XmlAttributes attributes);

  std::string xml_;
  std::vector<std::string_view> open_;
};

// A node: an element, or, without a name, text.
struct XmlElement {
  // In the namespace of the root, the local name; in another, "namespace name". So are the attributes, but
  // for "xml:lang".
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<XmlElement> children;
  std::string text;
  int line = 0;

  std::string_view Attribute(std::string_view attribute) const;  // empty if it has none
  const XmlElement* Child(std::string_view child) const;         // the first; nullptr: none
  // The text in it, without escapes. Of the markup that the three formats know inside text, that which
  // surrounds text counts as text, that which stands for something else as nothing; XLIFF's <cp hex="1F"/> is
  // a character.
  std::string TextIn() const;
  std::string TextOf(std::string_view child) const;  // of the first; empty if it has none
};

struct XmlForm {
  std::string_view what;        // for messages: "XLIFF 2"
  std::string_view root;        // its local name
  std::string_view name_space;  // how its namespace starts
  std::string_view row;         // the elements to give, wherever they stand
};

// At most; more is IMPORT_MALFORMED.
inline constexpr size_t kMaxXmlDepth = 64;
inline constexpr size_t kMaxXmlNodes = 20'000;  // of one row
inline constexpr size_t kMaxXmlNamespaceBytes = 128;

// Calls `on_row` for each row and returns the first error, its own or one of `on_row`. IMPORT_MALFORMED names the
// line where `content` is no XML of this form, declares anything in a DOCTYPE or uses an entity that nobody
// declared: nothing is fetched or expanded. Any encoding that expat knows: UTF-8, UTF-16, ISO 8859-1, ASCII.
absl::Status ReadXml(std::string_view content, const XmlForm& form,
                     const std::function<absl::Status(const XmlElement&)>& on_row);

}  // namespace signalbook::exchange

#endif  // SIGNALBOOK_SERVICE_MODERATION_EXCHANGE_XML_H_
