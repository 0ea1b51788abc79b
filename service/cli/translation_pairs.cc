#include "service/cli/translation_pairs.h"

#include <expat.h>

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "service/cli/text_lines.h"
#include "service/strings.h"
#include "translator/book_format.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

constexpr int kXmlBuffer = 1 << 16;

void Keep(TranslationPair pair, size_t most, TranslationFile* file) {
  if (file->pairs.size() < most) {
    file->pairs.push_back(std::move(pair));
  } else {
    ++file->left_out;
  }
}

void AddUnusable(int line, TranslationFile* file) {
  if (file->unusable++ == 0) file->first_unusable = line;
}

void ReadTsvPairs(std::string_view text, size_t most, TranslationFile* file) {
  int line = 0;
  for (const std::string_view row : TextLines(text)) {
    ++line;
    const size_t tab = row.find('\t');
    const std::string_view from = row.substr(0, tab);
    std::string_view to = tab == row.npos ? std::string_view() : row.substr(tab + 1);
    to = to.substr(0, to.find('\t'));
    if (from.empty() || to.empty()) {
      AddUnusable(line, file);
    } else {
      Keep({std::string(from), std::string(to)}, most, file);
    }
  }
}

// <tu><tuv xml:lang="en"><seg>Hello <bpt/>world</seg></tuv>…</tu>, streamed.
class TmxReader {
 public:
  TmxReader(std::string_view from, std::string_view to, size_t most, TranslationFile* file)
      : from_(absl::AsciiStrToLower(std::string(from))),
        to_(absl::AsciiStrToLower(std::string(to))),
        most_(most),
        file_(file),
        parser_(XML_ParserCreate(nullptr), XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), Begin, End);
    XML_SetCharacterDataHandler(parser_.get(), Text);
  }

  absl::Status Read(std::string_view text) {
    while (true) {
      const std::string_view part = text.substr(0, kXmlBuffer);
      text.remove_prefix(part.size());
      if (XML_Parse(parser_.get(), part.data(), static_cast<int>(part.size()), text.empty()) ==
          XML_STATUS_ERROR) {
        return absl::InvalidArgumentError(
            StrCat(std::to_string(XML_GetCurrentLineNumber(parser_.get())), ": ",
                   XML_ErrorString(XML_GetErrorCode(parser_.get()))));
      }
      if (text.empty()) return absl::OkStatus();
    }
  }

 private:
  static void Begin(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<TmxReader*>(self)->OnBegin(name, attributes);
  }
  static void End(void* self, const XML_Char* name) { static_cast<TmxReader*>(self)->OnEnd(name); }
  static void Text(void* self, const XML_Char* text, int size) {
    static_cast<TmxReader*>(self)->OnText({text, static_cast<size_t>(size)});
  }

  // Whatever stands in a segment is markup of it, even what would be a unit elsewhere.
  void OnBegin(std::string_view name, const XML_Char** attributes) {
    if (in_segment_) {
      if (name != "hi") ++markup_;
    } else if (name == "tu") {
      pair_ = {};
      side_ = nullptr;
      line_ = static_cast<int>(XML_GetCurrentLineNumber(parser_.get()));
    } else if (name == "tuv") {
      side_ = nullptr;
      for (; *attributes != nullptr; attributes += 2) {
        const std::string_view attribute = attributes[0];
        if (attribute != "xml:lang" && attribute != "lang") continue;
        const std::string language = absl::AsciiStrToLower(attributes[1]);
        if (IsOf(language, from_)) side_ = &pair_.from;
        if (IsOf(language, to_)) side_ = &pair_.to;
      }
    } else if (name == "seg") {
      in_segment_ = side_ != nullptr && side_->empty();
    }
  }

  void OnEnd(std::string_view name) {
    if (in_segment_) {
      if (name == "hi") return;
      if (markup_ > 0) {
        --markup_;
      } else {
        in_segment_ = false;
      }
    } else if (name == "tu") {
      if (pair_.from.empty() || pair_.to.empty()) {
        AddUnusable(line_, file_);
      } else {
        Keep(std::move(pair_), most_, file_);
      }
      pair_ = {};
    }
  }

  // What stands inside inline elements is the markup of another program; only <hi> marks text.
  void OnText(std::string_view text) {
    if (in_segment_ && markup_ == 0) side_->append(text);
  }

  static bool IsOf(const std::string& language, const std::string& wanted) {
    return language == wanted || absl::StartsWith(language, wanted + "-");
  }

  const std::string from_, to_;
  const size_t most_;
  TranslationFile* const file_;
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  TranslationPair pair_;
  std::string* side_ = nullptr;
  int line_ = 0;
  int markup_ = 0;
  bool in_segment_ = false;
};

}  // namespace

absl::StatusOr<TranslationFile> ReadTranslations(const std::string& path, std::string_view from,
                                                 std::string_view to, size_t most) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  TranslationFile file;
  const book_format::Sha256 hash = book_format::HashOf(*text);
  file.sha256 = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
  if (absl::EndsWithIgnoreCase(path, ".tmx")) {
    if (absl::Status status = TmxReader(from, to, most, &file).Read(*text); !status.ok()) {
      return absl::InvalidArgumentError(StrCat(path, ":", status.message()));
    }
  } else {
    ReadTsvPairs(*text, most, &file);
  }
  if (file.pairs.empty()) {
    return absl::InvalidArgumentError(
        StrCat(path, ": holds no pair of ", std::string(from), " and ", std::string(to), " texts"));
  }
  return file;
}

}  // namespace signalbook
