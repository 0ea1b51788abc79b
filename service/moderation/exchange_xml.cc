#include "service/moderation/exchange_xml.h"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>
#include <optional>

#include "service/moderation/exchange_formats.h"
#include "service/strings.h"
#include "translator/utf8.h"

namespace signalbook::exchange {
namespace {

constexpr std::string_view kEscape = "\u241B";
constexpr size_t kLongestEscape = std::string_view("{10FFFF}").size();
constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr XML_Char kSeparator = ' ';  // between namespace and name, in which none can stand

// Around text, in TMX and TBX ("hi"), TBX ("foreign"), XLIFF ("pc", "mrk").
constexpr std::string_view kTransparent[] = {"hi", "foreign", "pc", "mrk"};

bool NeedsEscape(char32_t c) {
  if (c < 0x20) return c != '\t' && c != '\n';
  return c == 0x241B || c == 0xFFFE || c == 0xFFFF;
}

// Tabs and line ends of an attribute's value would become spaces.
void AppendMarkup(std::string_view text, bool attribute, std::string* xml) {
  for (size_t at = 0; at < text.size();) {
    const DecodedCodePoint decoded = DecodeUtf8(text, at);
    const char32_t c = decoded.value;
    if (NeedsEscape(c)) {
      *xml += StrCat(kEscape, "{", absl::Hex(static_cast<uint32_t>(c)), "}");
    } else if (c == '&') {
      *xml += "&amp;";
    } else if (c == '<') {
      *xml += "&lt;";
    } else if (c == '>') {
      *xml += "&gt;";
    } else if (attribute && (c == '"' || c == '\t' || c == '\n')) {
      *xml += StrCat("&#", static_cast<uint32_t>(c), ";");
    } else {
      *xml += text.substr(at, decoded.end - at);
    }
    at = decoded.end;
  }
}

std::optional<char32_t> CodePoint(std::string_view digits) {
  uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() > 6 ||
      value > kLastCodePoint || (value >= 0xD800 && value <= 0xDFFF)) {
    return std::nullopt;
  }
  return value;
}

std::string WithoutEscapes(std::string_view text) {
  std::string plain;
  while (true) {
    const size_t escape = text.find(kEscape);
    plain += text.substr(0, escape);
    if (escape == text.npos) return plain;
    text.remove_prefix(escape + kEscape.size());
    const size_t end = text.starts_with('{') ? text.substr(0, kLongestEscape).find('}') : text.npos;
    const std::optional<char32_t> c =
        end == text.npos ? std::nullopt : CodePoint(text.substr(1, end - 1));
    if (c) {
      AppendUtf8(*c, &plain);
      text.remove_prefix(end + 1);
    } else {
      plain += kEscape;
    }
  }
}

void AppendText(const XmlElement& element, std::string* text) {
  for (const XmlElement& child : element.children) {
    if (child.name.empty()) {
      *text += child.text;
    } else if (std::find(std::begin(kTransparent), std::end(kTransparent), child.name) !=
               std::end(kTransparent)) {
      AppendText(child, text);
    } else if (child.name == "cp") {
      if (const std::optional<char32_t> c = CodePoint(child.Attribute("hex"))) AppendUtf8(*c, text);
    }
  }
}

class Reader {
 public:
  Reader(const XmlForm& form, const std::function<absl::Status(const XmlElement&)>& on_row)
      : form_(form),
        on_row_(on_row),
        parser_(XML_ParserCreateNS(nullptr, kSeparator), XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), Begin, End);
    XML_SetCharacterDataHandler(parser_.get(), Text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), Doctype);
    XML_SetStartNamespaceDeclHandler(parser_.get(), Namespace);
    // Of a file with a DOCTYPE, expat takes an entity that it does not know for one that the DTD declares, which
    // it has not read, and leaves it out.
    XML_SetSkippedEntityHandler(parser_.get(), SkippedEntity);
  }

  absl::Status Read(std::string_view content) {
    const XML_Status parsed =
        XML_Parse(parser_.get(), content.data(), static_cast<int>(content.size()), XML_TRUE);
    if (!status_.ok() || parsed != XML_STATUS_ERROR) return status_;
    const XML_Error error = XML_GetErrorCode(parser_.get());
    return Malformed(Line(),
                     StrCat("not XML: ", XML_ErrorString(error),
                            error == XML_ERROR_UNKNOWN_ENCODING ? "; save it as UTF-8" : ""));
  }

 private:
  static Reader* Self(void* self) { return static_cast<Reader*>(self); }
  static void Begin(void* self, const XML_Char* name, const XML_Char** attributes) {
    if (Self(self)->status_.ok()) Self(self)->OnBegin(name, attributes);
  }
  static void End(void* self, const XML_Char*) {
    if (Self(self)->status_.ok()) Self(self)->OnEnd();
  }
  static void Text(void* self, const XML_Char* text, int size) {
    if (Self(self)->status_.ok()) Self(self)->OnText({text, static_cast<size_t>(size)});
  }
  // Entities and default attributes are ways to make much of a small file, and no such file has them.
  static void Doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*,
                      int has_declarations) {
    if (has_declarations != 0) Self(self)->Refuse("a DOCTYPE with declarations; leave it out");
  }
  // expat copies it into the name of every element and attribute.
  static void Namespace(void* self, const XML_Char*, const XML_Char* name_space) {
    if (name_space != nullptr && std::string_view(name_space).size() > kMaxXmlNamespaceBytes) {
      Self(self)->Refuse(StrCat("a namespace of more than ", kMaxXmlNamespaceBytes, " bytes"));
    }
  }
  static void SkippedEntity(void* self, const XML_Char*, int) {
    Self(self)->Refuse("an entity that nobody declares; write the character itself");
  }

  int Line() const { return static_cast<int>(XML_GetCurrentLineNumber(parser_.get())); }

  void Stop(absl::Status status) {
    if (!status_.ok()) return;
    status_ = std::move(status);
    XML_StopParser(parser_.get(), XML_FALSE);
  }
  void Refuse(std::string_view what) { Stop(Malformed(Line(), what)); }

  // "namespace name" as XmlElement says it.
  std::string NameOf(std::string_view expanded) const {
    const size_t separator = expanded.find(kSeparator);
    if (separator == expanded.npos) return std::string(expanded);
    const std::string_view name = expanded.substr(separator + 1);
    if (expanded.substr(0, separator) == name_space_) return std::string(name);
    if (expanded.substr(0, separator) == kXmlNamespace) return StrCat("xml:", name);
    return std::string(expanded);
  }

  void OnRoot(std::string_view expanded) {
    const size_t separator = expanded.find(kSeparator);
    if (separator != expanded.npos) name_space_ = expanded.substr(0, separator);
    if (NameOf(expanded) != form_.root || !name_space_.starts_with(form_.name_space)) {
      Refuse(StrCat("not ", form_.what, ", which starts with <", form_.root, ">"));
    }
  }

  void OnBegin(std::string_view expanded, const XML_Char** attributes) {
    if (depth_ == 0) OnRoot(expanded);
    if (++depth_ > kMaxXmlDepth) {
      return Refuse(StrCat("elements in each other more than ", kMaxXmlDepth, " deep"));
    }
    if (open_.empty()) {
      if (depth_ == 1 || NameOf(expanded) != form_.row) return;
      row_ = {};
      nodes_ = 0;
      open_.push_back(&row_);
    } else {
      XmlElement* child = NewChild();
      if (child == nullptr) return;
      open_.push_back(child);
    }
    XmlElement& element = *open_.back();
    element.name = NameOf(expanded);
    element.line = Line();
    for (; *attributes != nullptr; attributes += 2) {
      element.attributes.emplace_back(NameOf(attributes[0]), attributes[1]);
    }
  }

  void OnEnd() {
    --depth_;
    if (open_.empty()) return;
    open_.pop_back();
    if (!open_.empty()) return;
    absl::Status status = on_row_(row_);
    if (!status.ok()) Stop(std::move(status));
  }

  // Comes in parts.
  void OnText(std::string_view text) {
    if (open_.empty()) return;
    const std::vector<XmlElement>& siblings = open_.back()->children;
    if (siblings.empty() || !siblings.back().name.empty()) {
      if (NewChild() == nullptr) return;
    }
    open_.back()->children.back().text += text;
  }

  // Of the innermost element. Its siblings stay where they are only until the next one.
  XmlElement* NewChild() {
    if (++nodes_ > kMaxXmlNodes) {
      Refuse(StrCat("more than ", kMaxXmlNodes, " elements in one row"));
      return nullptr;
    }
    return &open_.back()->children.emplace_back();
  }

  const XmlForm& form_;
  const std::function<absl::Status(const XmlElement&)>& on_row_;
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::string name_space_;  // of the root
  size_t depth_ = 0;
  size_t nodes_ = 0;  // of `row_`
  XmlElement row_;
  std::vector<XmlElement*> open_;  // from `row_` to the innermost; empty outside of rows
  absl::Status status_;
};

}  // namespace

void XmlWriter::Begin(std::string_view name, XmlAttributes attributes) {
  xml_ += StrCat(std::string(open_.size(), ' '), "<", name);
  for (const auto& [attribute, value] : attributes) {
    xml_ += StrCat(" ", attribute, "=\"");
    AppendMarkup(value, true, &xml_);
    xml_ += '"';
  }
  xml_ += '>';
}

void XmlWriter::Open(std::string_view name, XmlAttributes attributes) {
  Begin(name, attributes);
  xml_ += '\n';
  open_.push_back(name);
}

void XmlWriter::Close() {
  const std::string_view name = open_.back();
  open_.pop_back();
  xml_ += StrCat(std::string(open_.size(), ' '), "</", name, ">\n");
}

void XmlWriter::Text(std::string_view name, XmlAttributes attributes, std::string_view text) {
  Begin(name, attributes);
  AppendMarkup(text, false, &xml_);
  xml_ += StrCat("</", name, ">\n");
}

std::string_view XmlElement::Attribute(std::string_view attribute) const {
  for (const auto& [known, value] : attributes) {
    if (known == attribute) return value;
  }
  return {};
}

const XmlElement* XmlElement::Child(std::string_view child) const {
  for (const XmlElement& element : children) {
    if (element.name == child) return &element;
  }
  return nullptr;
}

std::string XmlElement::TextIn() const {
  std::string escaped;
  AppendText(*this, &escaped);
  return WithoutEscapes(escaped);
}

std::string XmlElement::TextOf(std::string_view child) const {
  const XmlElement* element = Child(child);
  return element == nullptr ? "" : element->TextIn();
}

absl::Status ReadXml(std::string_view content, const XmlForm& form,
                     const std::function<absl::Status(const XmlElement&)>& on_row) {
  return Reader(form, on_row).Read(content);
}

}  // namespace signalbook::exchange
